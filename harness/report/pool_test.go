package report

import (
	"testing"

	"github.com/gatequake/gatequake/harness"
)

func TestPoolSumsRuns(t *testing.T) {
	run := func(failed, avoided int, back float64) harness.Run {
		return harness.Run{RecoveryMS: back, Pool: []harness.Share{
			{Method: "GET", Requests: 20, AvoidedAfter: 0}, {Method: "POST", Requests: 20, Failed: failed, AvoidedAfter: avoided},
		}}
	}
	once := run(10, -1, 4)
	for want, v := range map[string]harness.Verdict{
		"0/50 % 0/∞ 4ms":    {Pool: once.Pool, RecoveryMS: once.RecoveryMS},
		"0/20 % 0/2 1.005s": {Pool: once.Pool, Runs: []harness.Run{run(10, 2, 4), run(1, 2, 1005), run(1, 1, 2000)}},
		"0/50 % 0/∞ never":  {Pool: once.Pool, RecoveryMS: -1},
	} {
		if got := pool(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
