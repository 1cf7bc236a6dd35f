package harness

import "net/http"

// Route is a part of the gateway's URL space with an upstream of its own.
type Route string

// The routes that every gateway's folder configures. The zero value is RouteMain.
const (
	// RouteMain leads to the upstream by its address.
	RouteMain Route = ""
	// RouteBystander leads to another upstream, which must stay healthy throughout.
	RouteBystander Route = "bystander"
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
)

// methods are what a fault of the route is probed with.
func (r Route) methods() []string {
	if r == RouteWebSocket {
		return []string{http.MethodGet} // There is no other handshake (RFC 6455, section 4.1).
	}
	return methods
}

// Path returns the path of the route's root.
func (r Route) Path() string {
	if r == RouteMain {
		return "/"
	}
	return "/" + string(r) + "/"
}
