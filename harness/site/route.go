package site

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/client"
)

// Route is a part of the gateway's URL space with an upstream of its own.
type Route string

// The routes that every gateway's folder configures. The zero value is RouteMain.
const (
	// RouteMain leads to the upstream by its address.
	RouteMain Route = ""
	// RouteBystander leads to another upstream, which must stay healthy throughout.
	RouteBystander Route = "bystander"
	// RouteBalanced leads to a pool: the upstream of RouteMain, and another, or two.
	RouteBalanced Route = "balanced"
	// RouteNamed leads to the upstream by a name that is resolved at run time.
	RouteNamed Route = "named"
	// RouteSecure leads to an upstream over TLS, whose certificate is verified where the setting says so.
	RouteSecure Route = "secure"
	// RouteUnix leads to the upstream by way of a Unix socket.
	RouteUnix Route = "unix"
	// RouteVouched leads to the upstream for those whom another service vouches for.
	RouteVouched Route = "vouched"
	// RouteWebSocket leads to the upstream, and lets a client and the upstream switch to WebSocket.
	RouteWebSocket Route = "ws"
	// RouteHTTP2 leads to an upstream that speaks HTTP/2 in plain text, and nothing else.
	RouteHTTP2 Route = "h2"
	// RouteGRPC leads to the same, for calls of gRPC; clients speak HTTP/2 in plain text too.
	RouteGRPC Route = "grpc"
)

// Methods are what a fault of the route is probed with.
func (r Route) Methods() []string {
	switch r {
	case RouteWebSocket:
		return []string{http.MethodGet} // There is no other handshake (RFC 6455, section 4.1).
	case RouteGRPC:
		return []string{http.MethodPost} // Every call is one.
	}
	return methods
}

// Protocol is what clients of the route speak.
func (r Route) Protocol() client.Protocol {
	if r == RouteGRPC {
		return client.H2C
	}
	return client.HTTP11
}

// Path returns the path of the route's root.
func (r Route) Path() string {
	if r == RouteMain {
		return "/"
	}
	return "/" + string(r) + "/"
}
