package check

import (
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Alive is the promise that the gateway's process lives.
var Alive = register(Check{
	ID:      "gateway-alive",
	Promise: "the gateway's process lives",
	Harm:    Dies,
	Order:   1,
	Judge: func(r record.Record, _ policy.Policy) []verdict.Check {
		if r.Unwatched {
			return nil // Nobody can tell.
		}
		return []verdict.Check{outcome("", r.Dead == "", r.Dead+r.LastWords, "a process that lives")}
	},
})
