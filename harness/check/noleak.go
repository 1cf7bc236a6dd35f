package check

import (
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// NoLeak is the promise that an error page keeps what is inside to itself, in its header too.
var NoLeak = register(Check{
	ID:      "no-leak",
	Promise: "the gateway's error page tells no internal address or name",
	Harm:    Leaks,
	Order:   13,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range pages(r) {
			all = append(all, outcome(o.Probe, o.Tells == "", o.Tells, "no internal address or name"))
		}
		return all
	},
})
