package check

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// AnsweredBy is the promise of the author.
var AnsweredBy = register(Check{
	ID:      "answered-by",
	Promise: "it was written by the one who should write it, which a stamp on the upstream's answers tells",
	Harm:    WrongAuthor,
	Order:   3,
	Bears:   anAnswer,
	Judge:   judgeAuthor,
})

func judgeAuthor(r record.Record, p policy.Policy) (all []verdict.Check) {
	for _, a := range answers(r, p) {
		if a.accepted() {
			lost := a.want.Lost(a.Observation)
			one := outcome(a.Probe, a.want.From(a.By) && lost == "", a.String()+lost, a.want.String())
			if a.By == record.ByGateway && a.want.By == record.ByUpstream && a.Status >= http.StatusBadRequest {
				one = does(one, ReplacesPage)
			}
			all = append(all, one)
		}
	}
	return all
}
