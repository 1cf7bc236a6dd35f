package check

import (
	"slices"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Connection is the promise of what an answer leaves behind.
var Connection = register(Check{
	ID:      "connection",
	Promise: "the client's connection was usable afterwards, or cleanly closed",
	Harm:    "the client's connection is spoilt",
	Order:   16, Severity: 13,
	Bears: anAnswer,
	Judge: judgeConnection,
})

func judgeConnection(r record.Record, p policy.Policy) (all []verdict.Check) {
	clean := []string{record.ConnectionUsable, record.ConnectionClosed, record.ConnectionUntried}
	for _, a := range answers(r, p) {
		if a.accepted() {
			all = append(all, outcome(a.Probe, slices.Contains(clean, a.After), a.After, "usable or cleanly closed"))
		}
	}
	return all
}
