package check

import (
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/wording"
)

// SaysDenied is the promise that a block says that it is one.
var SaysDenied = register(Check{
	ID:      "says-denied",
	Promise: "the page of the gateway's 403 says that access was denied",
	Harm:    HidesDenial,
	Order:   14,
	For:     func(t record.Terms) bool { return ofBlock(t) && t.Refusal.Accepts(http.StatusForbidden) },
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		if r.Terms.Part == record.VouchedPart {
			return nil // Nobody was denied: it could not be asked who may pass.
		}
		for _, o := range pages(r) {
			if o.Status == http.StatusForbidden {
				ok := o.Says == wording.Denied
				all = append(
					all,
					outcome(o.Probe, ok, fmt.Sprintf("%.80q", o.Body), "a page that says that access was denied"),
				)
			}
		}
		return all
	},
})
