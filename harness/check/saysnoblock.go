package check

import (
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/wording"
)

// SaysNoBlock is the promise that an error does not pass for a block.
var SaysNoBlock = register(Check{
	ID:      "says-no-block",
	Promise: "the page of the gateway's 5xx does not claim that the client was blocked",
	Harm:    BlamesBlock,
	Order:   15,
	For:     ofFault,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range pages(r) {
			if o.Status >= http.StatusInternalServerError {
				ok := o.Says != wording.Denied
				all = append(all, outcome(o.Probe, ok, fmt.Sprintf("%.80q", o.Body), "a page that blames no block"))
			}
		}
		return all
	},
})
