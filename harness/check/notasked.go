package check

import (
	"fmt"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// NotAsked is the promise that a client who is refused does not reach the upstream.
var NotAsked = register(Check{
	ID:      "not-asked",
	Promise: "the upstream was not asked at all before a refusal",
	Harm:    LetsIn,
	Order:   7,
	For:     ofBlock,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range with(r, record.ToRefuse) {
			if r.Terms.Opaque == "" {
				all = append(
					all,
					outcome(o.Probe, o.Hits == 0, fmt.Sprintf("%d requests at the upstream", o.Hits), "none"),
				)
			}
		}
		return all
	},
})
