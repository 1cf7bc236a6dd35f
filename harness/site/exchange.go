package site

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/websocket"
)

// said is what a client says over a WebSocket, and wants to hear.
const said = "are you there?"

// Exchange sends r on c as clients of the route do.
func (r Route) Exchange(ctx context.Context, c *client.Conn, request client.Request) client.Response {
	switch {
	case r == RouteWebSocket && request.Method == http.MethodGet:
		return c.Talk(ctx, request, said)
	case r == RouteGRPC:
		return called(c.Do(ctx, request))
	}
	return c.Do(ctx, request)
}

// heard reports whether the client got its words back. A mere 101 is no proof of a WebSocket, least of all to a
// client that asked for none.
func heard(r client.Response) bool {
	return r.Status == http.StatusSwitchingProtocols && websocket.Asked(r.Header) && string(r.Body) == said
}

// DirectTalk makes a WebSocket straight to an upstream's address, past the gateway, and says a word in it. The
// context bounds it.
func (b *Bench) DirectTalk(ctx context.Context, to netip.AddrPort) client.Response {
	c, err := b.ToUpstream(to).Open(ctx, to, netip.Addr{})
	if err != nil {
		return client.Response{End: client.EndOf(err), Error: err.Error()}
	}
	defer func() { _ = c.Close() }()
	r, _ := b.Request(Probe{Route: RouteWebSocket})
	return c.Talk(ctx, r, said)
}
