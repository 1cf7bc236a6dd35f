package harness

import "slices"

// Recovery is how long it took until service was back, over several runs of an experiment: from the undo of the fault to the steady state, in milliseconds.
type Recovery struct {
	// Times is how often service came back, Never how often it did not while it was waited for (fifteen seconds).
	Times int `json:"times"`
	Never int `json:"never"`
	// P50 and P95 are the times within which it was back in so many of a hundred of those cases, and Most the longest. They are times that were measured (nearest rank).
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	Most float64 `json:"most_ms"`
}

// recoveryOf sums up the runs in which something was asked under the fault, and is nil if there are none.
func recoveryOf(runs []Verdict) *Recovery {
	r, times := Recovery{}, []float64{}
	for _, v := range runs {
		switch {
		case len(v.Observations) == 0:
		case v.RecoveryMS < 0:
			r.Never++
		default:
			times = append(times, v.RecoveryMS)
		}
	}
	if r.Times = len(times); r.Times+r.Never == 0 {
		return nil
	}
	slices.Sort(times)
	r.P50, r.P95, r.Most = Quantile(times, 0.50), Quantile(times, 0.95), Quantile(times, 1)
	return &r
}
