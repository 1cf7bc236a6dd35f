package harness

import "testing"

func TestRecoveryOfRuns(t *testing.T) {
	ran := func(ms float64) Verdict { return Verdict{RecoveryMS: ms, Observations: []Observation{{}}} }
	runs := []Verdict{{RecoveryMS: -1}, ran(-1)}
	for i := range 20 {
		runs = append(runs, ran(float64(20-i)))
	}
	want := Recovery{Times: 20, Never: 1, P50: 10, P95: 19, Most: 20}
	if got := recoveryOf(runs); got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := recoveryOf(runs[:1]); got != nil {
		t.Errorf("of nothing that was tried: got %+v, want none", got)
	}
	if got := Merge(runs[1:]).Recovery; got == nil || *got != want {
		t.Errorf("merged: got %+v, want %+v", got, want)
	}
	if got := Merge(runs[2:3]).Recovery; got != nil {
		t.Errorf("of one run: got %+v, want none", got)
	}
}
