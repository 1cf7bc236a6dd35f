package report

import "github.com/gatequake/gatequake/harness"

// judged adds to what was seen on nginx that it fails under another policy.
func judged(r Run) Run {
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Gateway == "nginx" && v.Result != harness.Unsupported {
			v.Under = []harness.Under{{Policy: "document", Expected: v.Expected, Result: v.Result}, {Policy: "rfc9209", Expected: "418 by gateway", Result: harness.Fail}}
		}
	}
	return r
}

// timed adds to what was seen when it was.
func timed(r Run) Run {
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if v.Known() {
			v.Link = "https://vendor.test/why"
		}
		v.Moments = []harness.Moment{
			{At: 20, Who: harness.Us, What: harness.MomentSteady},
			{At: 30, Who: harness.Us, What: harness.MomentInjected},
			{At: 31, Who: harness.Us, What: harness.MomentConfirmed},
			{At: 40, Who: harness.AnUpstream, What: "POST / (probe-2)"},
			{At: 45, Who: harness.ANameserver, What: "A orders.test: NXDOMAIN"},
			{At: 230, Who: harness.Us, What: harness.MomentUndone},
			{At: 240, Who: harness.Us, What: harness.MomentSteady},
		}
		for j := range v.Observations {
			o := &v.Observations[j]
			o.At, o.Connect, o.First, o.Head, o.Took = 32+float64(j), 1, 60, 90, 100
		}
	}
	return r
}

// charted adds counts of a load and several runs.
func charted(r Run) Run {
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; v.ID {
		case "refused":
			v.Counts = map[string]int{"GET /: 502 by gateway": 3, "GET /: 200 by upstream": 12, "GET /: no answer: reset": 1, "POST /: 200 by upstream": 16}
		case "reset-mid-body":
			v.Pool = []harness.Share{{Method: "GET", Requests: 16, Failed: 4, Delayed: 1, AvoidedAfter: 5}, {Method: "POST", Requests: 32, Failed: 16, AvoidedAfter: -1}}
		case "slow-answer":
			if v.Result == harness.Inconclusive {
				continue // Nothing was asked.
			}
			for _, ms := range []float64{3, 30, 3000, -1, 12} {
				run := harness.Run{Observed: v.Observed, Result: v.Result, RecoveryMS: ms, TookMS: 250}
				if ms < 0 {
					run.Result = harness.Fail
				}
				v.Runs = append(v.Runs, run)
			}
		}
	}
	return r
}
