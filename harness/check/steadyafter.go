package check

import (
	"time"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// SteadyAfter is the promise that service comes back by itself.
var SteadyAfter = register(Check{
	ID:      "steady-after",
	Promise: "service came back after the undo, with nothing restarted",
	Harm:    NeverRecovers,
	Order:   17,
	// For so long the wait was longer by as much as the machine was late.
	Bears: func(record.Limits) time.Duration { return record.SteadyMost - record.SteadyTimeout },
	Judge: judgeRecovery,
})

func judgeRecovery(r record.Record, p policy.Policy) (all []verdict.Check) {
	if r.Dead == "" { // That a dead one serves nobody any more goes without saying.
		all = append(all, outcome("", r.Recovered, r.Unrecovered, "service again, with nothing restarted"))
	}
	if r.Terms.Refusal != nil {
		return all
	}
	most, took := p.OfFault(r).Recovery, time.Duration(r.RecoveryMS*float64(time.Millisecond))
	// A pool served all the while: until when it left the member out is told, and no promise.
	if most > 0 && took > most && !r.Terms.Balanced {
		after := "service only after " + took.Round(100*time.Millisecond).String()
		c := does(outcome("", false, after, "within "+most.String()), RecoversLate)
		c.BearsMS = over(took - most)
		all = append(all, c)
	}
	return all
}
