package report

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/gateway"
)

// TestChanceIsSaid runs an experiment once whose gateway's folder says that it does not always come out the same: every
// report says so, though this run passed.
func TestChanceIsSaid(t *testing.T) {
	v := harness.Verdict{
		ID: "close-mid-body", Cause: harness.Network, Gateway: "squid", Version: "5.7", Setting: "stock", Result: harness.Pass, Observed: "200 by upstream, cut",
		Observations: []harness.Observation{{Probe: "GET /", Status: 200, End: "truncated"}},
		Chance: &harness.Chance{Reason: "who is faster", Outcomes: []gateway.Outcome{
			{Observed: "502 by gateway", Times: 3}, {Observed: "200 by upstream, cut", Times: 17},
		}},
	}
	r := Run{Started: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), Verdicts: []harness.Verdict{v}}
	if got := Word(v); got != mixed {
		t.Errorf("the cell: got %q, want %q", got, mixed)
	}
	text := Markdown(r, nil)
	for _, want := range []string{"mixed: not always the same", "- squid stock: 17 × 200 by upstream, cut, 3 × 502 by gateway: who is faster. In: close-mid-body\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %q in it", text, want)
		}
	}
	doc, err := Cells(r)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := ReadCells(doc)
	if err != nil || len(kept.Cells) != 1 || kept.Cells[0].Chance == nil || len(kept.Cells[0].Chance.Outcomes) != 2 {
		t.Fatalf("got %+v, %v; want the cell with its two outcomes", kept, err)
	}
	if got := Word(OfCells(kept).Verdicts[0]); got != mixed {
		t.Errorf("the kept cell: got %q, want %q", got, mixed)
	}
}
