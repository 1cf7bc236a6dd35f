package check

import (
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// InTime is the promise that the client does not wait in vain: its answer comes within the gateway's own time limits
// plus record.Slack, or within what the policy says.
var InTime = register(Check{
	ID:      "in-time",
	Promise: "it came within the gateway's own time limits",
	Harm:    Hangs,
	Order:   4,
	Bears:   func(record.Limits) time.Duration { return record.Slack },
	Judge:   judgeTime,
})

func judgeTime(r record.Record, p policy.Policy) (all []verdict.Check) {
	for _, a := range answers(r, p) {
		if a.kind == silence {
			continue
		}
		c := outcome(
			a.Probe,
			a.kind != late,
			fmt.Sprintf("nothing whole in %s (%s)", a.limit(), a.Observation),
			"an answer in that time",
		)
		if most := a.want.Within; a.kind != late && most > 0 && a.Duration() > most {
			c = outcome(
				a.Probe,
				false,
				a.Duration().Round(time.Millisecond).String(),
				"an answer within "+most.String(),
			)
			c.BearsMS = over(a.Duration() - most)
		}
		all = append(all, c)
	}
	return all
}
