package check

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// LetIn is the promise that a client who is not blocked is not refused.
var LetIn = register(Check{
	ID:      "let-in",
	Promise: "who is not blocked is not refused",
	Harm:    RefusesOthers,
	Order:   8,
	For:     ofBlock,
	Bears:   anAnswer,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range with(r, record.LetIn) {
			ok, want := admitted(o, r.Terms)
			all = append(all, outcome(o.Probe, ok, o.String(), want))
		}
		return all
	},
})

// admitted tells whether the client got through, and what it should have got. While the upstream is broken anything is
// right but a refusal.
func admitted(o record.Observation, t record.Terms) (ok bool, want string) {
	if t.Broken {
		return !t.Refusal.Accepts(o.Status) && o.Status != http.StatusForbidden, "anything but a refusal"
	}
	served := *t.Admission
	return (served.Accepts(o.Status) || o.Served) && o.By == served.By && o.Answered(), served.String()
}
