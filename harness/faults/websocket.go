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

// WebSocketUpstreamRefused is an upstream that is not there when a client wants a WebSocket.
var WebSocketUpstreamRefused = catalog.RegisterFault(catalog.Fault{
	ID:    "websocket-upstream-refused",
	Title: "a client asks for a WebSocket and nothing listens at the upstream's address",
	Cause: cause.Network, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteWebSocket,
	What: "A WebSocket begins as an HTTP request, and until it is answered 101 it is one. A gateway that cannot " +
		"reach the upstream has no 101 to pass on, and must not make one of its own: the client would wait in a " +
		"conversation with nobody.",
	Made: "The Toxiproxy link at the upstream's address stops listening and drops its connections; it keeps the " +
		"port.",
	Confirmed: "Gatequake's own dial gets ECONNREFUSED.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Refuse{}, confirmEnd(b, b.Plan.Upstream, client.Refused))
	},
})

// WebSocketCut is an upstream that goes away in the middle of a conversation.
var WebSocketCut = catalog.RegisterFault(catalog.Fault{
	ID: "websocket-cut", Title: "the upstream resets a WebSocket in the middle of the conversation",
	Cause: cause.Network, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce, Route: site.RouteWebSocket,
	AfterHead: true,
	What: "The 101 was passed on, so no status can tell of what happens then. What a gateway owes its client is " +
		"the end of the connection, soon, and without a word: an end with no Close frame is how WebSocket says " +
		"that something broke (RFC 6455, section 7.1.5, code 1006). A gateway that keeps the client waiting hides " +
		"it, and one that sends a Close with the code 1000 says that all is well.",
	Made: "An upstream at the upstream's address that answers 101, reads the first frame, and closes with " +
		"SO_LINGER 0.",
	Confirmed: "Gatequake's own handshake is answered 101, and Gatequake's own frame with the end of the connection.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := behave(ctx, b, upstream.WebSocket{Cut: true})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
			defer cancel()
			r := b.DirectTalk(ctx, b.Plan.Upstream)
			if r.Status != http.StatusSwitchingProtocols || r.End != client.Truncated || r.BodyBytes != 0 {
				return "", fmt.Errorf("talk to %s: got %d %s with %d bytes (%s), want a 101 and no more",
					b.Plan.Upstream, r.Status, r.End, r.BodyBytes, r.Error)
			}
			return fmt.Sprintf("Gatequake's own WebSocket to %s: 101, then cut", b.Plan.Upstream), nil
		}}, nil
	},
})
