package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// hostAddress is what a fault of routes strikes: every port of the host.
const hostAddress = "the host's address"

// unrouted completes and registers a world that has no way to the upstream. The confirmation is the error of an
// own dial.
func unrouted(f catalog.Fault, how world.Away, want syscall.Errno) *catalog.Fault {
	f.Cause, f.Type, f.Phase = cause.Network, proxystatus.DestinationIPUnroutable, catalog.AtOnce
	f.Needs, f.Beyond = []world.Need{world.AnyAddress}, hostAddress
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.World.Unroute(b.Plan.Upstream.Addr(), how)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo:    func(context.Context) error { return undo() },
			Confirm: undialled(b.Plan.Upstream, want),
		}, nil
	}
	return catalog.RegisterFault(f)
}

// undialled confirms that an own dial fails so.
func undialled(at netip.AddrPort, want syscall.Errno) confirmation {
	return func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
		defer cancel()
		c, err := new(net.Dialer).DialContext(ctx, "tcp", at.String())
		if err == nil {
			_ = c.Close()
		}
		if !errors.Is(err, want) {
			return "", fmt.Errorf("dial %s: got %w, want %w", at, err, want)
		}
		return fmt.Sprintf("Gatequake's own dial to %s: %v", at, want), nil
	}
}

// NoRoute is an upstream to whose network no route leads.
var NoRoute = unrouted(catalog.Fault{
	ID:    "no-route",
	Title: "no route leads to the upstream",
	What: "The route to the upstream's network is gone: a tunnel that ended, a route that was withdrawn. The " +
		"gateway's own kernel says so at once, and not a packet is sent.",
	Made:      "A route in the world that takes the upstream's address out of the routing table; other addresses stay.",
	Confirmed: "Gatequake's own dial gets ENETUNREACH.",
}, world.NoRoute, syscall.ENETUNREACH)

// HostUnreachable is an upstream that the router cannot find.
var HostUnreachable = unrouted(catalog.Fault{
	ID:    "host-unreachable",
	Title: "the upstream's host cannot be reached",
	What: "The upstream's network is there and its host is not: nobody answers for its address on the last hop, " +
		"and a router, here the gateway's own kernel, says so.",
	Made:      "An unreachable route for the upstream's address in the world; other addresses stay.",
	Confirmed: "Gatequake's own dial gets EHOSTUNREACH.",
}, world.HostUnreachable, syscall.EHOSTUNREACH)

// LinkDown is a way to the upstream that is lost while connections are pooled.
var LinkDown = catalog.RegisterFault(catalog.Fault{
	ID:    "link-down",
	Title: "the upstream's address and route vanish while the gateway holds a pooled connection",
	Cause: cause.Network, Type: proxystatus.ConnectionTimeout, Phase: catalog.Responding,
	Needs: []world.Need{world.AnyAddress}, Beyond: hostAddress,
	What: "The link to the upstream goes down. Who dials anew is told; who has an open connection is not, because " +
		"TCP takes it for a loss that will pass: the request is accepted by the kernel, sent nowhere, and waits. A " +
		"gateway with a pool finds that out by its timeout alone.",
	Made: "The gateway's pool is filled with one connection, by requests of two clients; then the upstream's " +
		"address and route are removed from the world. Both are done anew before each probe.",
	Confirmed: "The upstream has seen two requests of two clients on one connection of the gateway's; Gatequake's own " +
		"request on a connection from before gets nothing, and Gatequake's own dial gets ENETUNREACH.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		d := &downLink{bench: b}
		return &catalog.Injection{
			Undo: func(context.Context) error { return d.up() }, Rearm: d.down,
			Confirm: d.confirm,
		}, nil
	},
})

// downLink is a link that goes down and up again.
type downLink struct {
	bench *site.Bench
	own   *client.Conn // from before; nil while the link is up
	undo  func() error
}

// down brings the link up, fills the gateway's pool and takes the link down.
func (d *downLink) down(ctx context.Context) error {
	if err := d.up(); err != nil {
		return err
	}
	if err := d.bench.Pooled(ctx, site.RouteMain); err != nil {
		return err
	}
	var err error
	if d.own, err = d.bench.Open(ctx); err != nil {
		return err
	}
	if r := d.ask(ctx, 10*silenceWindow); r.Status != http.StatusOK || !r.Keep {
		return fmt.Errorf("ask %s: got %d %s, want a 200 and a connection that stays", d.bench.Plan.Upstream,
			r.Status, r.End)
	}
	d.undo, err = d.bench.World.Unroute(d.bench.Plan.Upstream.Addr(), world.NoRoute)
	return err
}

// ask sends a request on the own connection and waits so long for its answer.
func (d *downLink) ask(ctx context.Context, within time.Duration) client.Response {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return d.own.Do(ctx, client.Request{Method: http.MethodGet, Target: "/", Host: "upstream"})
}

func (d *downLink) confirm(ctx context.Context) (string, error) {
	if d.own == nil {
		return "", errors.New("look at the own connection: got none, want one from before the link went down")
	}
	if d.own == nil {
		return "", fmt.Errorf("ask %s on a connection from before: the link is up", d.bench.Plan.Upstream)
	}
	if r := d.ask(ctx, silenceWindow); r.End != client.TimedOut || r.Status != 0 {
		return "", fmt.Errorf("ask %s on a connection from before: got %d %s, want silence for %s",
			d.bench.Plan.Upstream, r.Status, r.End, silenceWindow)
	}
	dial, err := undialled(d.bench.Plan.Upstream, syscall.ENETUNREACH)(ctx)
	return fmt.Sprintf("Gatequake's own request on a connection from before: silence for %s; %s", silenceWindow, dial), err
}

// up brings the link up, if it is down.
func (d *downLink) up() error {
	if d.undo != nil {
		if err := d.undo(); err != nil {
			return err
		}
		d.undo = nil
	}
	if d.own != nil {
		_ = d.own.Close()
		d.own = nil
	}
	return nil
}
