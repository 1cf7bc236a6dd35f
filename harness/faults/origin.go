package faults

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/upstream"
)

// misbehave injects an upstream, behind its link, that answers so.
func misbehave(how upstream.Behaviour, confirm func(*harness.Bench) confirmation) func(context.Context, *harness.Bench) (*harness.Injection, error) {
	return func(_ context.Context, b *harness.Bench) (*harness.Injection, error) {
		undo := b.Upstream.Origin.Behave(how)
		return &harness.Injection{Undo: func(context.Context) error { undo(); return nil }, Confirm: confirm(b)}, nil
	}
}

// Deadlock is an upstream that reads the request and never answers.
var Deadlock = harness.RegisterFault(harness.Fault{
	ID:    "deadlock",
	Title: "the upstream reads the request and never answers",
	Cause: harness.Bug, Type: harness.HTTPResponseTimeout, Phase: harness.Responding,
	What:      "Two threads wait for each other, or a lock was never given back: the request has been read, and its handler will never return.",
	Made:      "The upstream records the request and does nothing more with it.",
	Confirmed: "An own request connects, is recorded, and gets nothing.",
	Inject:    misbehave(upstream.Silent{}, func(b *harness.Bench) confirmation { return silent(b, b.Plan.Upstream) }),
})

// Error500 is an upstream that reports its own failure in good order.
var Error500 = harness.RegisterFault(harness.Fault{
	ID:      "error-500",
	Title:   "the upstream itself answers 500 (control: it is passed on)",
	Cause:   harness.Bug,
	Control: &harness.Expectation{Statuses: []int{http.StatusInternalServerError}, By: harness.ByUpstream},
	Phase:   harness.AtOnce,
	What: "A well-formed 500 is a valid answer: the upstream works well enough to say that it failed. A gateway passes it on; one that turns it into a " +
		"502 hides whose fault it is.",
	Made:      "The upstream answers every request with a stamped 500.",
	Confirmed: "An own request is answered with a whole 500.",
	Inject: misbehave(upstream.Status{Code: http.StatusInternalServerError}, func(b *harness.Bench) confirmation {
		return answers(b, b.Plan.Upstream, http.StatusInternalServerError, 0)
	}),
})

// bigHead is more than the buffers of every gateway's default that we know of (nginx 4 or 8 KiB, Apache 8 KiB, HAProxy 16 KiB, Varnish 32 KiB, Envoy 60 KiB).
const bigHead = 64 << 10

// HeadersTooLarge is an upstream whose head does not fit into a gateway's buffer.
var HeadersTooLarge = harness.RegisterFault(harness.Fault{
	ID:    "headers-too-large",
	Title: "the head of the upstream's answer is larger than the gateway's buffer",
	Cause: harness.Configuration, Type: harness.HTTPResponseHeaderSectionSize, Phase: harness.AtOnce,
	What: "Cookies pile up, or a debug header carries a stack trace, until the head no longer fits into the gateway's buffer. The answer is valid; the " +
		"gateway is not configured for it. How much is too much differs from gateway to gateway.",
	Made:      "The upstream answers a valid, stamped 200 with 64 KiB of headers, in lines that each fit everywhere.",
	Confirmed: "An own request is answered with a whole 200 whose head is that large.",
	Inject: misbehave(upstream.BigHeaders{Bytes: bigHead}, func(b *harness.Bench) confirmation {
		return func(ctx context.Context) (string, error) {
			r, _ := b.Direct(ctx, b.Plan.Upstream, 10*quiet)
			size := 0
			for name, values := range r.Header {
				for _, v := range values {
					size += len(name) + len(v)
				}
			}
			// Separators and the status line are not counted, hence the tenth.
			if r.Status != http.StatusOK || size < bigHead*9/10 {
				return "", fmt.Errorf("ask %s: got %d with %d bytes of headers, want a 200 with about %d", b.Plan.Upstream, r.Status, size, bigHead)
			}
			return fmt.Sprintf("own request to %s: 200 with some 64 KiB of headers", b.Plan.Upstream), nil
		}
	}),
})
