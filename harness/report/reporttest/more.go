package reporttest

import (
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Judged adds to what was seen on nginx that it fails under another policy.
func Judged(r report.Run) report.Run {
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Gateway == "nginx" && v.Result != verdict.Unsupported {
			v.Under = []verdict.Under{
				{Policy: "document", Expected: v.Expected, Result: v.Result},
				{Policy: "rfc9209", Expected: "418 by gateway", Result: verdict.Fail},
			}
		}
	}
	return r
}

// Timed adds to what was seen when it was.
func Timed(r report.Run) report.Run {
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if v.Known() {
			v.Link = "https://vendor.test/why"
		}
		v.Events = []record.Event{
			{At: 20, Source: record.Harness, What: record.EventSteady},
			{At: 30, Source: record.Harness, What: record.EventInjected},
			{At: 31, Source: record.Harness, What: record.EventConfirmed},
			{At: 40, Source: record.Upstream, What: "POST / (probe-2)"},
			{At: 45, Source: record.Resolver, What: "A orders.test: NXDOMAIN"},
			{At: 230, Source: record.Harness, What: record.EventUndone},
			{At: 240, Source: record.Harness, What: record.EventSteady},
		}
		for j := range v.Observations {
			o := &v.Observations[j]
			o.At, o.Connect, o.First, o.Head, o.Took = 32+float64(j), 1, 60, 90, 100
		}
	}
	return r
}

// Charted adds counts of a load and several runs.
func Charted(r report.Run) report.Run {
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; v.ID {
		case "refused":
			v.Counts = map[string]int{
				"GET /: 502 by gateway":   3,
				"GET /: 200 by upstream":  12,
				"GET /: no answer: reset": 1,
				"POST /: 200 by upstream": 16,
			}
		case "reset-mid-body":
			v.Pool = []record.PoolSample{
				{Method: "GET", Requests: 16, Failed: 4, Delayed: 1, EjectedAfter: 5},
				{Method: "POST", Requests: 32, Failed: 16, EjectedAfter: -1},
			}
		case "slow-answer":
			if v.Result == verdict.Inconclusive {
				continue // Nothing was asked.
			}
			for _, ms := range []float64{3, 30, 3000, -1, 12} {
				run := verdict.Run{Observed: v.Observed, Result: v.Result, RecoveryMS: ms, TookMS: 250}
				if ms < 0 {
					run.Result = verdict.Fail
				}
				v.Runs = append(v.Runs, run)
			}
		}
	}
	return r
}
