package faults

import (
	"context"
	"errors"
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

// uses is how many requests the upstream answers on a connection: those that prove that the gateway keeps it.
const uses = 2

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
	Made: "The gateway's pool is filled with one connection, by requests of two clients; the upstream closes each " +
		"connection without an answer when it has read the third request on it.",
	Confirmed: "The upstream has seen two requests of two clients on one connection of the gateway's; an own third " +
		"request on a connection gets its end; each probe came on a connection that had been used.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		undo := origin.Behave(upstream.WornOut{After: uses})
		armed := []int{}
		return &catalog.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Rearm: func(ctx context.Context) error {
				connection, err := b.Pooled(ctx, site.RouteMain)
				armed = append(armed, connection)
				return err
			},
			Confirm: func(ctx context.Context) (string, error) {
				if err := wearsOut(ctx, b); err != nil {
					return "", err
				}
				return fmt.Sprintf("own third request on a connection to %s: closed", b.Plan.Upstream),
					reused(origin.Hits(), armed)
			},
		}, nil
	},
})

// wearsOut confirms with a connection of its own.
func wearsOut(ctx context.Context, b *site.Bench) error {
	at := b.Plan.Upstream
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := b.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for range uses {
		r := c.Do(ctx, client.Request{Method: http.MethodGet, Target: "/", Host: "upstream"})
		if r.Status != http.StatusOK || !r.Keep {
			return fmt.Errorf("ask %s: got %d %s, want a 200 and a connection that stays", at, r.Status, r.End)
		}
	}
	if r := c.Do(ctx, client.Request{Method: http.MethodGet, Target: "/", Host: "upstream"}); r.End != client.Closed {
		return fmt.Errorf("ask %s again: got %d %s, want the end of the connection", at, r.Status, r.End)
	}
	return nil
}

// reused returns an error when a POST, and so a probe, is among the hits and none came on a connection that was armed.
func reused(hits []upstream.Hit, armed []int) error {
	asked, met := false, false
	for _, h := range hits {
		asked = asked || h.Method == http.MethodPost
		met = met || h.Method == http.MethodPost && slices.Contains(armed, h.Connection)
	}
	if asked && !met {
		return errors.New("look at the upstream's record: got a POST on a new connection, want it on the one that " +
			"the gateway had kept")
	}
	return nil
}
