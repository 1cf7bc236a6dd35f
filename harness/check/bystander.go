package check

import (
	"cmp"
	"slices"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Bystander is the promise that a fault has a bounded blast radius: another route stays healthy, and waits for nobody
// who is broken.
var Bystander = register(Check{
	ID:      "bystander",
	Promise: "another route stayed healthy, and waited for nobody who is broken",
	Harm:    HurtsOthers,
	Order:   10,
	Bears:   anAnswer,
	Judge:   judgeBystander,
})

func judgeBystander(r record.Record, _ policy.Policy) (all []verdict.Check) {
	for _, o := range with(r, record.Bystander) {
		if !o.Steady {
			if o.Excused == "" {
				all = append(all, outcome(o.Probe, false, o.String(), r.Terms.Bystander))
			}
			continue
		}
		all = append(all, outcome(o.Probe, true, "", ""))
		if last, waited := waitedFor(r, o); waited {
			all[len(all)-1] = outcome(o.Probe, false, o.String()+" after "+last.Probe+" had its answer",
				r.Terms.Bystander+" before that: it waits for nobody who is broken")
		}
	}
	return all
}

// waitedFor tells whether the bystander had its answer only when the last of the probes beside it had its own, if that
// took as long as the gateway waits for an upstream. A bystander that was answered in less than half of that time did
// not wait, whenever the harness came to send its request.
func waitedFor(r record.Record, o record.Observation) (last record.Observation, waited bool) {
	beside := slices.DeleteFunc(with(r, record.Probed), func(p record.Observation) bool { return p.Group != o.Group })
	if o.Group == 0 || len(beside) == 0 {
		return last, false
	}
	last = slices.MaxFunc(beside, func(a, b record.Observation) int { return cmp.Compare(a.Ended, b.Ended) })
	shortest := r.Terms.Limits.Shortest()
	return last, last.Duration() >= shortest && o.Ended >= last.Ended && o.Duration() >= shortest/2
}
