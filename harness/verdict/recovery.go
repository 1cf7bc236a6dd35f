package verdict

import (
	"math"
	"slices"

	"github.com/gatequake/gatequake/harness/stats"
)

// Never is how long service takes, in milliseconds, that does not come back: longer than any that does.
var Never = math.Inf(1)

// Recovery is how long it took until service was back, over several runs of an experiment: from the undo of the fault
// to the steady state, in milliseconds.
type Recovery struct {
	// Times is how often service came back, Never how often it did not while it was waited for (fifteen seconds).
	Times int `json:"times"`
	Never int `json:"never"`
	// P50 and P95 are the times within which it was back in so many of a hundred of all those cases, and Most the
	// longest. They are times that were measured (nearest rank); -1 stands for never, which is the slowest.
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	Most float64 `json:"most_ms"`
}

// recoveryOf sums up the runs in which service was waited for, and is nil if there are none.
func recoveryOf(v Verdict) *Recovery {
	times := v.RecoveryTimes()
	if len(times) == 0 {
		return nil
	}
	slices.Sort(times)
	r := Recovery{
		P50: inFile(
			stats.Quantile(times, 0.50),
		),
		P95:  inFile(stats.Quantile(times, 0.95)),
		Most: inFile(stats.Quantile(times, 1)),
	}
	for _, t := range times {
		if t == Never {
			r.Never++
		}
	}
	r.Times = len(times) - r.Never
	return &r
}

// inFile is a time as files have it: JSON has no number for never.
func inFile(ms float64) float64 {
	if ms == Never {
		return -1
	}
	return ms
}

// RecoveryTimes are how long service took to come back, in milliseconds, in each run of the experiment in which it was
// waited for: Never where it did not come.
func (v Verdict) RecoveryTimes() []float64 {
	runs := v.Runs
	if len(runs) == 0 {
		runs = []Run{{Result: v.Result, RecoveryMS: v.RecoveryMS}}
	}
	times := []float64{}
	for _, r := range runs {
		switch {
		case r.RecoveryMS >= 0:
			times = append(times, r.RecoveryMS)
		case r.Result == Fail: // Of a run that ended before the fault was undone nobody can tell.
			times = append(times, Never)
		}
	}
	return times
}

// MedianRecovery is the median of Backs, the upper one of two, and false where service was not waited for.
func (v Verdict) MedianRecovery() (ms float64, waited bool) {
	times := v.RecoveryTimes()
	if len(times) == 0 {
		return 0, false
	}
	slices.Sort(times)
	return times[len(times)/2], true
}
