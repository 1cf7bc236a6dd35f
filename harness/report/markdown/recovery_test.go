package markdown

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestRecovery(t *testing.T) {
	if _, err := Recovery(reporttest.Sample()); err == nil {
		t.Error("of a run without repeats: got no error, want one")
	}
	run := verdict.Verdict{
		Record: record.Record{
			ID:           "refused",
			Cause:        cause.Network,
			Gateway:      reporttest.Hostile,
			Version:      "1",
			Setting:      "document",
			Observations: []record.Observation{{}},
			RecoveryMS:   40,
		},
	}
	never := run
	never.RecoveryMS, never.Result = -1, verdict.Fail
	text, err := Recovery(
		report.Run{Verdicts: []verdict.Verdict{verdict.Combine([]verdict.Verdict{run, never, run})}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if want := "40 ms / never; never 1 of 3"; !strings.Contains(text, want) ||
		!strings.Contains(text, "3 times each") {
		t.Errorf("got\n%s\nwant %q in it", text, want)
	}
	reporttest.Harmless(t, []byte(text))
}
