package clientnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/world"
)

// Browser sends requests as browsers do: it looks a name up, caches the answer, keeps connections open and uses them
// again, and sends a request again on a new connection when an idle one turns out to be closed. A request that takes
// too long is given up, and its connection with it. A Browser is safe for concurrent use.
type Browser struct {
	host     *world.Host
	resolver netip.AddrPort
	names    dns.Cache

	mu   sync.Mutex
	idle map[Destination][]*client.Conn
}

// Destination is what a browser connects to, and how. Its name is looked up, unless its address is known.
type Destination struct {
	Name string
	At   netip.Addr
	Port uint16
	// Protocol is what is spoken there.
	Protocol client.Protocol
	// Via, if valid, is a proxy that is asked for a tunnel to there; it looks the name up.
	Via netip.AddrPort
}

// Destination is what a browser connects to when people type the site's name.
func (s Site) Destination() Destination { return Destination{Name: s.Name, Port: s.At.Port()} }

func newBrowser(h *world.Host, resolver netip.AddrPort) *Browser {
	return &Browser{
		host: h, resolver: resolver, names: dns.Cache{Via: dialFrom(h)}, idle: map[Destination][]*client.Conn{},
	}
}

// Ask sends a request to the destination, by whatever exchange does with a connection, and returns what came of it; a
// Response with nothing in it but its End and Error if no connection came about. The browser takes an idle connection
// if there is one. The way says in which protocol the destination is talked to; its Dial is not used.
func (b *Browser) Ask(
	ctx context.Context, to Destination, way client.Way, exchange func(*client.Conn) client.Response,
) client.Response {
	if conn := b.take(to); conn != nil {
		if r := b.use(to, conn, exchange); r.Status != 0 || r.End != client.Closed && r.End != client.Reset {
			return r
		}
	}
	conn, err := b.Connect(ctx, to, way)
	if err != nil {
		return client.Response{End: client.EndOf(err), Error: err.Error()}
	}
	return b.use(to, conn, exchange)
}

// Connect makes a new connection to the destination. The caller closes it, or gives it to Keep.
func (b *Browser) Connect(ctx context.Context, to Destination, way client.Way) (*client.Conn, error) {
	if to.Via.IsValid() {
		way.Dial = func(ctx context.Context) (net.Conn, error) { return b.tunnel(ctx, to) }
		return way.Open(ctx, to.Via, netip.Addr{})
	}
	at := to.At
	if !at.IsValid() {
		found, err := b.Resolve(ctx, to.Name)
		if err != nil {
			return nil, err
		}
		at = found
	}
	address := netip.AddrPortFrom(at, to.Port)
	way.Dial = func(ctx context.Context) (net.Conn, error) { return dialFrom(b.host)(ctx, "tcp", address.String()) }
	return way.Open(ctx, address, netip.Addr{})
}

// Resolve looks the name up, as the system's resolver of the computer does: what is remembered is not asked for,
// and where no answer comes it is asked again for as long as there is time.
func (b *Browser) Resolve(ctx context.Context, name string) (netip.Addr, error) {
	stub := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return b.names.Dial(ctx, network, b.resolver.String())
	}}
	found, err := stub.LookupNetIP(ctx, "ip4", name+".")
	var lookup *net.DNSError
	// How often the stub resolver asks by itself, and for how long, is in a file of the machine.
	for errors.As(err, &lookup) && lookup.IsTimeout && ctx.Err() == nil {
		found, err = stub.LookupNetIP(ctx, "ip4", name+".")
	}
	if errors.As(err, &lookup) && lookup.Server != "" {
		lookup.Server = b.resolver.String() // And not who stands in the file that was not followed.
	}
	if err != nil {
		return netip.Addr{}, err
	}
	if len(found) == 0 {
		return netip.Addr{}, fmt.Errorf("look up %s: no address", name)
	}
	return found[0].Unmap(), nil
}

// ForgetNames empties the computer's cache of names.
func (b *Browser) ForgetNames() { b.names.Forget() }

// Keep takes a connection for idle.
func (b *Browser) Keep(to Destination, conn *client.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.idle[to] = append(b.idle[to], conn)
}

// Disconnect closes every idle connection.
func (b *Browser) Disconnect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conns := range b.idle {
		for _, c := range conns {
			_ = c.Close()
		}
	}
	clear(b.idle)
}

func (b *Browser) take(to Destination) (conn *client.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if conns := b.idle[to]; len(conns) > 0 {
		conn, b.idle[to] = conns[0], conns[1:]
	}
	return conn
}

func (b *Browser) use(to Destination, conn *client.Conn, exchange func(*client.Conn) client.Response) client.Response {
	r := exchange(conn)
	if r.Keep && r.Status != http.StatusSwitchingProtocols { // What comes on that one now is another protocol.
		b.Keep(to, conn)
	} else {
		_ = conn.Close()
	}
	return r
}
