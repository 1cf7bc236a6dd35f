package builtin

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
)

// dial is how a Transport makes a connection.
type dial func(ctx context.Context, network, address string) (net.Conn, error)

// errEmptyPool is why a route has nobody to ask.
var errEmptyPool = errors.New("every member of the pool is marked down")

// dial returns how the route's upstream is reached.
func (c *Config) dial(r Route) dial {
	dialer := &net.Dialer{Timeout: time.Duration(c.ConnectTimeout)}
	switch {
	case r.Down:
		return func(context.Context, string, string) (net.Conn, error) { return nil, errEmptyPool }
	case r.Socket != "":
		return func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", r.Socket)
		}
	case c.Resolver != "":
		ask := dial(new(net.Dialer).DialContext)
		if c.KeepNames {
			ask = new(dns.Cache).Dial
		}
		dialer.Resolver = &net.Resolver{
			PreferGo: true,
			Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return ask(ctx, network, c.Resolver)
			},
		}
	}
	return dialer.DialContext
}
