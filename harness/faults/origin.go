package faults

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// misbehave injects an upstream, behind its link, that answers as how says.
func misbehave(
	how upstream.Behaviour, confirm func(*site.Bench) confirmation,
) func(context.Context, *site.Bench) (*catalog.Injection, error) {
	return func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		if err := b.Speakable(how); err != nil {
			return nil, err
		}
		undo := origin.Behave(how)
		return &catalog.Injection{Undo: func(context.Context) error { undo(); return nil }, Confirm: confirm(b)}, nil
	}
}

// Deadlock is an upstream that reads the request and never answers.
var Deadlock = catalog.RegisterFault(catalog.Fault{
	ID:    "deadlock",
	Title: "the upstream reads the request and never answers",
	Cause: cause.Bug, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	Also: []site.State{site.Pooled},
	What: "Two threads wait for each other, or a lock was never given back: the request has been read, and its " +
		"handler will never return.",
	Made:      "The upstream records the request and does nothing more with it.",
	Confirmed: "Gatequake's own request connects, is recorded, and gets nothing.",
	Inject: misbehave(upstream.Silent{}, func(b *site.Bench) confirmation {
		return confirmSilence(b, b.Plan.Upstream)
	}),
})

// Error500 is an upstream that reports its own failure in good order.
var Error500 = catalog.RegisterFault(catalog.Fault{
	ID:      "error-500",
	Title:   "the upstream itself answers 500 (control: it is passed on)",
	Cause:   cause.Bug,
	Control: &record.Expectation{Statuses: []int{http.StatusInternalServerError}, By: record.ByUpstream},
	Phase:   catalog.AtOnce,
	What: "A well-formed 500 is a valid answer: the upstream works well enough to say that it failed. A gateway " +
		"passes it on; one that turns it into a 502 hides whose fault it is.",
	Made:      "The upstream answers every request with a stamped 500.",
	Confirmed: "Gatequake's own request is answered with a whole 500.",
	Inject: misbehave(upstream.Status{Code: http.StatusInternalServerError}, func(b *site.Bench) confirmation {
		return confirmStatus(b, b.Plan.Upstream, http.StatusInternalServerError, 0)
	}),
})

// retryAfter is what a shedding upstream tells its clients, in seconds.
const retryAfter = "120"

// Sheds503 is an upstream that turns away what it cannot handle, in good order.
var Sheds503 = catalog.RegisterFault(catalog.Fault{
	ID:    "sheds-503",
	Title: "the upstream itself answers 503 with Retry-After (control: it is passed on)",
	Cause: cause.Overload,
	Control: &record.Expectation{
		Statuses: []int{http.StatusServiceUnavailable}, By: record.ByUpstream,
		Header: map[string]string{"Retry-After": retryAfter},
	},
	Phase: catalog.AtOnce,
	Also:  []site.State{site.Balanced},
	What: "An upstream that sheds load says so, and when to come again (RFC 9110, section 10.2.3). That is a valid " +
		"answer, and the best that an overloaded server can do. A gateway that turns it into a 502, or drops the " +
		"Retry-After, undoes it.",
	Made:      "The upstream answers every request with a stamped 503 that has Retry-After: 120.",
	Confirmed: "Gatequake's own request is answered with a whole 503 that has it.",
	Inject:    misbehave(upstream.Status{Code: http.StatusServiceUnavailable, Header: shedding}, shed(0)),
})

var shedding = http.Header{"Retry-After": {retryAfter}}

// shed confirms that an own request is answered with a whole 503 that has the Retry-After, and took so long at least.
func shed(least time.Duration) func(*site.Bench) confirmation {
	return func(b *site.Bench) confirmation {
		return func(ctx context.Context) (string, error) { return turnedAway(ctx, b, least) }
	}
}

func turnedAway(ctx context.Context, b *site.Bench, least time.Duration) (string, error) {
	r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
	if got := r.Header.Get("Retry-After"); r.Status != http.StatusServiceUnavailable || got != retryAfter ||
		r.End != client.Complete || r.Took < least {
		return "", fmt.Errorf("ask %s: got %d %s after %s with Retry-After %q, want a whole 503 after %s or more "+
			"with %q", b.Plan.Upstream, r.Status, r.End, r.Took, got,
			least, retryAfter)
	}
	return fmt.Sprintf("Gatequake's own request to %s: 503 with Retry-After: %s, after %s or more", b.Plan.Upstream,
		retryAfter, least), nil
}
