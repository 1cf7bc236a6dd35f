package check

import (
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// PostOnce is the promise that what acts is not done twice (RFC 9110, section 9.2.2). Here, and nowhere else, is
// decided that a POST came twice: the upstreams have counted the requests with its nonce.
var PostOnce = register(Check{
	ID:      "post-once",
	Promise: "a POST reached the upstream at most once",
	Harm:    PostTwice,
	Order:   11,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range r.Observations {
			if o.Method() == http.MethodPost && r.Terms.Opaque == "" {
				all = append(
					all,
					outcome(o.Probe, o.Hits <= 1, fmt.Sprintf("%d of them at the upstream", o.Hits), "one at most"),
				)
			}
		}
		return all
	},
})
