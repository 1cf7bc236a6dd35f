package faults

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// ResetOnAccept is an upstream that resets every connection at once.
var ResetOnAccept = catalog.RegisterFault(catalog.Fault{
	ID:    "reset-on-accept",
	Title: "the upstream resets the connection as soon as it is made",
	Cause: cause.Network, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	What: "A load balancer without backends, or a server over its limits, takes the connection and resets it " +
		"before it reads anything.",
	Made: "A listener at the upstream's address that closes each connection with SO_LINGER 0. Toxiproxy cannot " +
		"reset before a byte has passed.",
	Confirmed: "Gatequake's own request gets ECONNRESET.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		_, undo, err := replace(ctx, b, upstream.ResetOnAccept)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmEnd(b, b.Plan.Upstream, client.Reset)}, nil
	},
})

// ResetAfterRequest is an upstream that reads the request and resets.
var ResetAfterRequest = catalog.RegisterFault(catalog.Fault{
	ID:    "reset-after-request",
	Title: "the upstream resets the connection after it has read the request",
	Cause: cause.Network, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	Withholds: catalog.Forever,
	What: "The request was delivered, and may have been acted on, when the connection is reset. A gateway cannot " +
		"know; that is why a POST must not be sent again.",
	Made: "An upstream at the upstream's address that reads and records the request and closes with SO_LINGER 0. " +
		"Toxiproxy sends FIN on a pooled connection.",
	Confirmed: "Gatequake's own request gets ECONNRESET, and the upstream has recorded it.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := behave(ctx, b, upstream.Raw{Then: upstream.Reset})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmEnd(b, b.Plan.Upstream, client.Reset)}, nil
	},
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Reset{}, confirmEnd(b, b.Plan.Upstream, client.Reset))
	},
})

// CloseAfterRequest is an upstream whose answer never gets through before the connection is closed.
var CloseAfterRequest = catalog.RegisterFault(catalog.Fault{
	ID:    "close-after-request",
	Title: "the connection is closed after the request, with no answer",
	Cause: cause.Network, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce,
	Withholds: catalog.Forever,
	Also:      []site.State{site.Balanced},
	What: "The request was delivered and handled, but the connection ends in good order (FIN) before the first " +
		"byte of the answer.",
	Made:      "Toxiproxy limit_data 0 on what the upstream sends: its first byte ends the connection.",
	Confirmed: "Gatequake's own request gets the end of the connection and nothing before it.",
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Limit{Bytes: 0}, confirmEnd(b, b.Plan.Upstream, client.Closed))
	},
})

// SilentAfterAccept is a half-open peer.
var SilentAfterAccept = catalog.RegisterFault(catalog.Fault{
	ID:    "silent-after-accept",
	Title: "the upstream takes the connection and is never heard of again",
	Cause: cause.Network, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	Also: []site.State{site.Cold, site.Pooled, site.Balanced},
	What: "A peer that vanished without closing: a pulled cable, a crashed machine, a middlebox that lost its " +
		"state. The connection stands, and nothing comes of it.",
	Made: "Toxiproxy timeout 0 on what the gateway sends: the request is swallowed, so that not even the " +
		"upstream's close can pass.",
	Confirmed: "Gatequake's own request connects and gets nothing.",
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Timeout{Stream: link.Upstream}, confirmSilence(b, b.Plan.Upstream))
	},
})

// Sizes of a body that is cut: far over what any gateway holds back by default (nginx: 64 KiB, HAProxy: 16 KiB),
// so that its head has been sent on.
const (
	promised  = 1 << 20
	delivered = 256 << 10
)

// ResetMidBody is an upstream that resets in the middle of the body.
var ResetMidBody = catalog.RegisterFault(catalog.Fault{
	ID:    "reset-mid-body",
	Title: "the upstream resets in the middle of the body",
	Cause: cause.Network, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce, AfterHead: true,
	What: "The head and a part of the body were sent when the connection is reset. A gateway that has passed the " +
		"head on cannot take its 200 back; it must let the client see that the body is cut, by ending the " +
		"connection short of the declared length. One that holds the head back can still answer 502. A clean, " +
		"complete 200 made of half an answer is never right.",
	Made: "An upstream at the upstream's address that declares 1 MiB, sends 256 KiB, and closes with SO_LINGER 0 " +
		"when they are acknowledged.",
	Confirmed: "Gatequake's own request gets a 200 whose body is cut.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := behave(ctx, b, upstream.Truncated{Declared: promised, Sent: delivered, Then: upstream.Reset})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
			if r.Status != http.StatusOK || r.End != client.Truncated || r.BodyBytes == 0 {
				return "", fmt.Errorf("ask %s: got %d %s with %d bytes, want a 200 cut in its body", b.Plan.Upstream,
					r.Status, r.End, r.BodyBytes)
			}
			return fmt.Sprintf("Gatequake's own request to %s: 200, cut after %d of %d bytes", b.Plan.Upstream, r.BodyBytes,
				promised), nil
		}}, nil
	},
})

// behave lets an origin that answers as how says stand in at the upstream's address, with no link between that
// would turn a reset into a close.
func behave(ctx context.Context, b *site.Bench, how upstream.Behaviour) (undo func(context.Context) error, err error) {
	options, err := b.StandIn()
	if err != nil {
		return nil, err
	}
	if err := b.Speakable(how); err != nil {
		return nil, err
	}
	o, undo, err := replace(ctx, b, func(at string) (*upstream.Origin, error) {
		return upstream.Start(at, options)
	})
	if err != nil {
		return nil, err
	}
	o.Behave(how)
	return undo, nil
}
