package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// Upstream403 is an upstream that refuses by itself.
var Upstream403 = catalog.RegisterFault(catalog.Fault{
	ID:      "upstream-403",
	Title:   "the upstream itself answers 403 (control: it is passed on)",
	Cause:   cause.Blocked,
	Control: &record.Expectation{Statuses: []int{http.StatusForbidden}, By: record.ByUpstream},
	Phase:   catalog.AtOnce,
	What: "The gateway refuses nobody here; the application behind it does. Its 403 is a valid answer, and a " +
		"gateway passes it on. To find the rule that refused, one must know which of the two wrote the page: the " +
		"stamp on the upstream's answers tells.",
	Made:      "The upstream answers every request with a stamped 403.",
	Confirmed: "Gatequake's own request is answered with a whole 403.",
	Inject: misbehave(upstream.Status{Code: http.StatusForbidden}, func(b *site.Bench) confirmation {
		return confirmStatus(b, b.Plan.Upstream, http.StatusForbidden, 0)
	}),
})
