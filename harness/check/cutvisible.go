package check

import (
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// CutVisible is the promise that half an answer can be seen to be one.
var CutVisible = register(Check{
	ID:      "cut-visible",
	Promise: "an answer that broke off is not passed on as if it were whole",
	Harm:    HalfAsWhole,
	Order:   6,
	For:     func(t record.Terms) bool { return ofFault(t) && t.AfterHead },
	Judge:   judgeCut,
})

func judgeCut(r record.Record, p policy.Policy) (all []verdict.Check) {
	for _, a := range answers(r, p) {
		if a.kind == cut {
			all = append(
				all,
				outcome(a.Probe, a.End == client.Truncated, a.String()+", seemingly whole", a.want.String()),
			)
		}
	}
	return all
}
