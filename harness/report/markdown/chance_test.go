package markdown

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestChanceIsSaid runs an experiment once whose gateway's folder says that it does not always come out the same: every
// report says so, though this run passed.
func TestChanceIsSaid(t *testing.T) {
	v := verdict.Verdict{
		Record: record.Record{
			ID:           "close-mid-body",
			Cause:        cause.Network,
			Gateway:      "squid",
			Version:      "5.7",
			Setting:      "stock",
			Observations: []record.Observation{{Probe: "GET /", Status: 200, End: "truncated"}},
		},
		Result:   verdict.Pass,
		Observed: "200 by upstream, cut",
		Chance: &verdict.Chance{Reason: "who is faster", Outcomes: []verdict.Outcome{
			{Observed: "502 by gateway", Times: 3}, {Observed: "200 by upstream, cut", Times: 17},
		}},
	}
	r := report.Run{Started: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), Verdicts: []verdict.Verdict{v}}
	if got := report.Word(v); got != report.Flaky {
		t.Errorf("the cell: got %q, want %q", got, report.Flaky)
	}
	text := Matrix(r)
	for _, want := range []string{
		"mixed: not always the same",
		"- squid stock: 17 × 200 by upstream, cut, 3 × 502 by gateway: who is faster. In: close-mid-body\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %q in it", text, want)
		}
	}
	doc, err := report.Cells(r)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := report.ReadCells(doc)
	if err != nil || len(kept.Cells) != 1 || kept.Cells[0].Chance == nil || len(kept.Cells[0].Chance.Outcomes) != 2 {
		t.Fatalf("got %+v, %v; want the cell with its two outcomes", kept, err)
	}
	if got := report.Word(report.OfCells(kept, report.Catalogue{}).Verdicts[0]); got != report.Flaky {
		t.Errorf("the kept cell: got %q, want %q", got, report.Flaky)
	}
}
