package check

import (
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Status is the promise of the status.
var Status = register(Check{
	ID:      "status",
	Promise: "the status is the one that is expected",
	Harm:    "wrong status",
	Order:   2, Severity: 10,
	Bears: anAnswer,
	Judge: judgeStatus,
})

func judgeStatus(r record.Record, p policy.Policy) (all []verdict.Check) {
	for _, a := range answers(r, p) {
		switch a.kind {
		case silence:
			all = append(all, outcome(a.Probe, a.Silent(), a.String(), a.want.String()))
		case whole:
			all = append(all, outcome(a.Probe, a.accepted(), a.String(), a.want.String()))
		}
	}
	return all
}
