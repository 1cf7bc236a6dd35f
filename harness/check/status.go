package check

import (
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Status is the promise of the status.
var Status = register(Check{
	ID:      "status",
	Promise: "the status is the one that is expected",
	Harm:    WrongStatus,
	Order:   2,
	Bears:   anAnswer,
	Judge:   judgeStatus,
})

func judgeStatus(r record.Record, p policy.Policy) (all []verdict.Check) {
	for _, a := range answers(r, p) {
		switch a.kind {
		case silence:
			all = append(all, outcome(a.Probe, a.Silent(), a.String(), a.want.String()))
		case whole:
			all = append(all, does(outcome(a.Probe, a.accepted(), a.String(), a.want.String()), statusHarm(r, a)))
		}
	}
	return all
}

// statusHarm is what an answer of another status does. Where the gateway should have answered, and did not, it depends
// on what it did instead.
func statusHarm(r record.Record, a answer) Harm {
	passedOn := a.By == record.ByUpstream && a.want.By == record.ByGateway
	switch {
	case !a.Answered():
		return NoAnswer
	case passedOn && r.ErrorType == proxystatus.TLSCertificateError:
		return AcceptsCertificate
	case passedOn && r.Terms.Refusal == nil:
		return PassesBroken
	}
	return WrongStatus
}
