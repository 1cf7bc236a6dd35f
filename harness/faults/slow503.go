package faults

import (
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// late is longer than Go's reverse proxies hold back what they have of a body: a tenth of a second as Traefik
// sets them.
const late = 300 * time.Millisecond

// Slow503 is an upstream that turns a request away in two packets.
var Slow503 = catalog.RegisterFault(catalog.Fault{
	ID:      "slow-503",
	Title:   "the upstream itself answers 503, and the second half of its page comes later (control: it is passed on)",
	Cause:   cause.Overload,
	Control: Sheds503.Control,
	Phase:   catalog.AtOnce,
	Also:    []site.State{site.Balanced},
	What: "A server that sheds load has little time for the page that says so either. The answer is valid, and its " +
		"head has told everything: a gateway passes it on, or asks another member for a better one. One that has " +
		"begun to hand out the page of an answer that it wants to replace has made a mixture of two.",
	Made: "The upstream answers every request with a stamped 503 that has Retry-After: 120, and sends the second " +
		"half of its body 300 ms after the first.",
	Confirmed: "Gatequake's own request is answered with a whole 503 that has it, and took 300 ms or more.",
	Inject: misbehave(upstream.Status{Code: http.StatusServiceUnavailable, Header: shedding, Pause: late},
		shed(late)),
})
