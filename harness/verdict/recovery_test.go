package verdict

import (
	"testing"

	"github.com/gatequake/gatequake/harness/record"
)

func TestRecoveryOfRuns(t *testing.T) {
	ran := func(ms float64) Verdict { return Verdict{Record: record.Record{RecoveryMS: ms}, Result: Pass} }
	never := Verdict{Record: record.Record{RecoveryMS: -1}, Result: Fail}
	runs := []Verdict{{Record: record.Record{RecoveryMS: -1}}, never}
	for i := range 20 {
		runs = append(runs, ran(float64(20-i)))
	}
	want := Recovery{Times: 20, Never: 1, P50: 11, P95: 20, Most: -1}
	if got := Combine(runs).Recovery; got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Combine(
		[]Verdict{{Record: record.Record{RecoveryMS: -1}}, {Record: record.Record{RecoveryMS: -1}}},
	).Recovery; got != nil {
		t.Errorf("of nothing that was waited for: got %+v, want none", got)
	}
	if got := Combine(runs[2:3]).Recovery; got != nil {
		t.Errorf("of one run: got %+v, want none", got)
	}
	want = Recovery{Times: 1, Never: 2, P50: -1, P95: -1, Most: -1}
	if got := Combine([]Verdict{never, ran(4), never}).Recovery; got == nil || *got != want {
		t.Errorf("of two that never recovered and one that did: got %+v, want %+v", got, want)
	}
}

func TestNeverIsTheSlowest(t *testing.T) {
	never, quick := Verdict{
		Record: record.Record{RecoveryMS: -1},
		Result: Fail,
	}, Verdict{
		Record: record.Record{RecoveryMS: 4},
		Result: Pass,
	}
	for name, c := range map[string]struct {
		of     Verdict
		want   float64
		waited bool
	}{
		"once":                  {quick, 4, true},
		"never":                 {never, Never, true},
		"ended early":           {Verdict{Record: record.Record{RecoveryMS: -1}}, 0, false},
		"never in two of three": {Combine([]Verdict{never, quick, never}), Never, true},
		"never in one of three": {Combine([]Verdict{quick, never, quick}), 4, true},
		"ended early in all but one": {
			Combine([]Verdict{{Record: record.Record{RecoveryMS: -1}}, quick, {Record: record.Record{RecoveryMS: -1}}}),
			4, true,
		},
	} {
		if got, waited := c.of.MedianRecovery(); got != c.want || waited != c.waited {
			t.Errorf("%s: got %g (%t), want %g (%t)", name, got, waited, c.want, c.waited)
		}
	}
}
