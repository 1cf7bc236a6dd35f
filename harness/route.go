package harness

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
)

// Path returns the path of the route's root.
func (r Route) Path() string {
	if r == RouteMain {
		return "/"
	}
	return "/" + string(r) + "/"
}
