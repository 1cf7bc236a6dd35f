package report

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestNeverIsSlowerThanAnyTime(t *testing.T) {
	quick := Run{
		Verdicts: []verdict.Verdict{
			{Record: record.Record{ID: "refused", RecoveryMS: 4}, Result: verdict.Fail, Observed: "cut"},
		},
	}
	never := Run{
		Verdicts: []verdict.Verdict{
			{Record: record.Record{ID: "refused", RecoveryMS: -1}, Result: verdict.Fail, Observed: "cut"},
		},
	}
	if got := Diff(quick, never); len(got) != 1 || got[0].Kind != Slower ||
		!strings.Contains(got[0].To, "never recovered") {
		t.Errorf("got %+v, want that it is slower", got)
	}
	if got := Diff(never, quick); len(got) != 0 {
		t.Errorf("got %+v, want nothing: it is quicker", got)
	}
}

func TestPoolSumsRuns(t *testing.T) {
	run := func(failed, avoided int, back float64) verdict.Run {
		return verdict.Run{RecoveryMS: back, Result: verdict.Fail, Pool: []record.PoolSample{
			{
				Method:       "GET",
				Requests:     20,
				EjectedAfter: 0,
			}, {Method: "POST", Requests: 20, Failed: failed, EjectedAfter: avoided},
		}}
	}
	once := run(10, -1, 4)
	for want, v := range map[string]verdict.Verdict{
		"0/50 % 0/∞ 4ms": {Record: record.Record{Pool: once.Pool, RecoveryMS: once.RecoveryMS}},
		"0/20 % 0/2 1.005s": {
			Record: record.Record{Pool: once.Pool},
			Runs:   []verdict.Run{run(10, 2, 4), run(1, 2, 1005), run(1, 1, 2000)},
		},
		"0/50 % 0/∞ never": {Record: record.Record{Pool: once.Pool, RecoveryMS: -1}, Result: verdict.Fail},
		// It ended before anybody could tell.
		"0/50 % 0/∞": {
			Record: record.Record{Pool: once.Pool, RecoveryMS: -1},
		},
		// What never came is the slowest, not the fastest.
		"0/35 % 0/∞ never": {
			Record: record.Record{Pool: once.Pool},
			Runs:   []verdict.Run{run(10, -1, -1), run(10, -1, -1), run(1, 2, 4)},
		},
		"0/20 % 0/2 2s": {
			Record: record.Record{Pool: once.Pool},
			Runs:   []verdict.Run{run(10, -1, -1), run(1, 2, 2000), run(1, 2, 4)},
		},
	} {
		if got := PoolCell(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
