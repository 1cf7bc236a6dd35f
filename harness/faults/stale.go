package faults

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// StalePooledConnection is an upstream that closes a kept connection when it is used again.
var StalePooledConnection = catalog.RegisterFault(catalog.Fault{
	ID:    "stale-pooled-connection",
	Title: "the upstream closes a pooled connection at the moment of its next use",
	Cause: cause.Network, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	Tolerated: &record.Tolerance{Why: "RFC 9110, section 9.2.2, lets a client send an idempotent request again by " +
		"itself; that the second attempt is answered is no error"},
	What: "The upstream's idle timeout strikes while a request is on its way on a kept connection: the request is " +
		"read by nobody, or by somebody who is leaving. The gateway sees the end of the connection and no answer, " +
		"and cannot know which. A GET may be sent again on another connection; a POST must not be.",
	Made: "Each of the gateway's pools is filled with a connection, by requests of many clients; the upstream then " +
		"closes every connection that is there, without an answer, when it has read another request on it.",
	Confirmed: "The upstream has seen requests of two clients on one connection of the gateway's; Gatequake's own " +
		"second request on a connection gets its end; a probe came on a connection that had been used.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		how := &upstream.Expiring{}
		undo := origin.Behave(how)
		return &catalog.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Rearm: func(ctx context.Context) error {
				how.Expire(0)
				err := b.Pooled(ctx, site.RouteMain)
				how.Expire(origin.Accepted())
				return err
			},
			Confirm: func(ctx context.Context) (string, error) {
				if err := expires(ctx, b, origin, how); err != nil {
					return "", err
				}
				return fmt.Sprintf("Gatequake's own second request on a connection to %s: closed", b.Plan.Upstream),
					met(origin.Hits(), how)
			},
		}, nil
	},
})

// expires confirms with a connection of its own.
func expires(ctx context.Context, b *site.Bench, origin *upstream.Origin, how *upstream.Expiring) error {
	at := b.Plan.Upstream
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := b.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	ask := client.Request{Method: http.MethodGet, Target: "/", Host: "upstream"}
	if r := c.Do(ctx, ask); r.Status != http.StatusOK || !r.Keep {
		return fmt.Errorf("ask %s: got %d %s, want a 200 and a connection that stays", at, r.Status, r.End)
	}
	how.Expire(origin.Accepted())
	if r := c.Do(ctx, ask); r.End != client.Closed {
		return fmt.Errorf("ask %s again: got %d %s, want the end of the connection", at, r.Status, r.End)
	}
	return nil
}

// met returns an error when a POST, and so a probe, is among the hits and none came on a connection that had expired:
// it met a worker that had none. The error wraps errors.ErrUnsupported.
func met(hits []upstream.Hit, how *upstream.Expiring) error {
	isPost := func(h upstream.Hit) bool { return h.Method == http.MethodPost }
	if slices.ContainsFunc(hits, isPost) && !how.Struck(http.MethodPost) {
		return site.Inapplicable("no request came on a connection that the upstream had before: each of its workers has " +
			"a pool of its own, or another upstream served in this one's place")
	}
	return nil
}
