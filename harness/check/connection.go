package check

import (
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Connection is the promise of what an answer leaves behind.
var Connection = register(Check{
	ID:      "connection",
	Promise: "the client's connection was usable afterwards, or cleanly closed",
	Harm:    SpoilsConnection,
	Order:   16,
	Bears:   anAnswer,
	Judge:   judgeConnection,
})

func judgeConnection(r record.Record, p policy.Policy) (all []verdict.Check) {
	clean := []string{record.ConnectionUsable, record.ConnectionClosed, record.ConnectionUntried}
	for _, a := range answers(r, p) {
		if a.accepted() {
			c := outcome(a.Probe, slices.Contains(clean, a.After), a.After, "usable or cleanly closed")
			if strings.HasSuffix(a.After, record.NotItsOwn) {
				c = does(c, AnotherAnswer)
			}
			all = append(all, c)
		}
	}
	return all
}
