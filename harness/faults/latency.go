package faults

import (
	"context"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// Delays of the two latency faults. Every gateway's folder sets its timeouts to a second, and the slowest to look
// at the clock (lighttpd, once a second) takes three until it gives up: a second more is too slow on any machine,
// and a fifth of a second is in time on any that is fit to run experiments.
const (
	tooLate = 4 * time.Second
	inTime  = 200 * time.Millisecond
)

// SlowAnswer is an upstream whose answers take longer than the gateway waits.
var SlowAnswer = catalog.RegisterFault(catalog.Fault{
	ID:    "slow-answer",
	Title: "the upstream answers later than the gateway waits",
	Cause: cause.Overload, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding, Late: true,
	Withholds: tooLate,
	What: "The upstream accepts and works, but its answer is slower than the gateway's read timeout. The answer " +
		"does come; nobody waits for it any more.",
	Made:      "Toxiproxy latency of four seconds on what the upstream sends, against a read timeout of one.",
	Confirmed: "Gatequake's own request is answered, with 200, and not before four seconds have passed.",
	Inject:    delayed(tooLate),
	ByLink:    delayedOrdinary(tooLate),
})

// LatencyWithinBudget is an upstream that is slow, and not too slow.
var LatencyWithinBudget = catalog.RegisterFault(catalog.Fault{
	ID:      "latency-within-budget",
	Title:   "the upstream is slow, but within the gateway's patience (control: no error)",
	Cause:   cause.Network,
	Control: &record.Expectation{Statuses: []int{http.StatusOK}, By: record.ByUpstream},
	Phase:   catalog.Responding,
	What: "Latency below the gateway's timeout is no fault: the answer must come, later. A gateway that calls this " +
		"a 502 gives up too early, and a harness that expects one would call anything a 502.",
	Made:      "Toxiproxy latency of a fifth of a second on what the upstream sends, against a read timeout of one.",
	Confirmed: "Gatequake's own request is answered, with 200, and not before the latency has passed.",
	Inject:    delayed(inTime),
	ByLink:    delayedOrdinary(inTime),
})

// delayed lets the answers of an upstream that the harness plays take so much longer.
func delayed(d time.Duration) catalog.Injector {
	return func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Latency{Delay: d}, confirmStatus(b, b.Plan.Upstream, http.StatusOK, d))
	}
}

// delayedOrdinary does the same with whatever the upstream answers ordinarily, which it may end by closing the
// connection.
func delayedOrdinary(d time.Duration) catalog.Injector {
	return func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		ordinary, err := b.Ordinary(ctx)
		if err != nil {
			return nil, err
		}
		return toxic(ctx, b, link.Latency{Delay: d},
			confirmStatusBy(b, b.Plan.Upstream, ordinary.Status, d, client.Complete, client.Unframed))
	}
}
