package check

import (
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Prompt is the promise that a refusal waits for nobody.
var Prompt = register(Check{
	ID: "prompt",
	Promise: "a refusal took little longer than a healthy answer beside it, and less than any of the gateway's time " +
		"limits: " +
		"it waits for nobody",
	Harm:  RefusalWaits,
	Order: 5,
	For:   func(t record.Terms) bool { return ofBlock(t) && len(t.Refusal.Statuses) > 0 },
	Bears: func(l record.Limits) time.Duration { return max(promptly(l), strain.Tick) },
	Judge: judgePromptness,
})

// promptShare is the share of the shortest of the gateway's time limits that a refusal may take longer than a healthy
// answer beside it. A gateway that waits for an upstream that does not answer waits for one whole limit; a machine that
// is busy slows both down. Measured with 24 worlds for each processor, no answer of either kind took more than 270 ms,
// with a load of 25 on two processors 630 ms.
const promptShare = 0.75

// promptly is how much longer a refusal may take than a healthy answer beside it.
func promptly(l record.Limits) time.Duration {
	return time.Duration(promptShare * float64(l.Shortest()))
}

func judgePromptness(r record.Record, _ policy.Policy) (all []verdict.Check) {
	bound := promptly(r.Terms.Limits)
	for _, o := range with(r, record.ToRefuse) {
		if !o.Answered() || !r.Terms.Refusal.Accepts(o.Status) || r.Terms.Bystander == "" {
			continue // It is no refusal to be prompt about, or there is nothing to compare it with.
		}
		slow := o.Duration() - time.Duration(o.Beside*float64(time.Millisecond))
		all = append(all, outcome(o.Probe, slow <= bound,
			slow.Round(time.Millisecond).String()+" more than a healthy answer took beside it",
			fmt.Sprintf("%s at most: it waits for nobody", bound)))
	}
	return all
}
