package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*bytes.Buffer, tally) progress{
		"lines": func(b *bytes.Buffer, t tally) progress { return newLines(b, t) },
		"live":  func(b *bytes.Buffer, t tally) progress { return newLive(b, -1, t) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			p := start(&out, tally{begin: time.Now(), total: 3, told: map[string]bool{}})
			for i := range 3 {
				p.started(
					runner.Job{Experiment: fmt.Sprint(i), Gateway: &gateway.Definition{Name: "g"}, Setting: "s"},
				)
				p.done(
					verdict.Verdict{
						Record: record.Record{ID: fmt.Sprint(i), Gateway: "g", Setting: "s"},
						Result: verdict.Fail,
						Reason: "100 % \x1b wrong",
					},
				)
			}
			p.end()
			if n := strings.Count(
				out.String(),
				`✗ g s, 0: 100 % \x1b wrong`,
			); n != 1 ||
				strings.Contains(out.String(), "g s, 1") {
				t.Errorf("got %q, want the reason once, escaped", out.String())
			}
			if name == "live" && !strings.Contains(out.String(), "3 of 3 experiments, 3 red") {
				t.Errorf("got %q, want the sums", out.String())
			}
		})
	}
}
