package own

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// WayOf is how the client of a probe talks to the gateway, and where he connects.
func (s *Site) WayOf(p site.Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	probe := s.ProbeOf(p)
	if probe == nil {
		return s.B.Way, s.B.Door(source)
	}
	way, door := s.Way(probe), s.B.Plan.Gateway
	if l, err := s.Listener(*probe); err == nil {
		door, way.Proxied = l.DoorFor(source), client.Proxied(l.Proxied)
	}
	return way, door
}

// Secrets implements site.Kind.
func (s *Site) Secrets() []site.Secret { return s.secrets() }

// Nonce implements site.Kind.
func (*Site) Nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

// Stamped implements site.Kind.
func (*Site) Stamped(r client.Response, nonce string) bool {
	return r.Header.Get(stamp.Answer) == nonce
}

// Attribute implements site.Kind.
func (s *Site) Attribute(o *record.Observation, p site.Probe) {
	probe := s.ProbeOf(p)
	if s.noRoute(*o, p) {
		s.lateRoutes.Store(true)
	}
	if probe == nil || o.Status == 0 {
		return
	}
	if o.By == record.ByGateway {
		o.By = s.relayed(*o, probe)
	}
	if p.Ask.Described == nil && p.Ask.Path == "" {
		if o.PageBy = s.page(*o, probe); o.PageBy != "" {
			o.By = record.ByGateway
		}
	}
	o.Served = s.steadily(probe, *o)
}

// WholePool implements site.Pooler.
func (*Site) WholePool(s site.State) bool { return s == site.Balanced }

// Servers implements site.Pooler.
func (*Site) Servers(o record.Observation) []string { return []string{o.Header.Get(stamp.Origin)} }

// Question implements site.Kind.
func (s *Site) Question(_ client.Request, nonce string) client.Request {
	return direct(s.Upstream, nonce)
}

// Scripted implements site.Scripter.
func (s *Site) Scripted() (*upstream.Origin, error) {
	if s.B.Upstream.Origin == nil {
		return nil, site.Inapplicable("nothing is known of what the upstream speaks, and the fault is in its answers")
	}
	return s.B.Upstream.Origin, nil
}

// Sockets implements site.Socketer.
func (s *Site) Sockets(f sockets.Family) (table []sockets.Socket) {
	_ = s.machine.Do(func() error { table = site.SocketTable(f); return nil })
	return table
}

// Checked implements site.Checker.
func (s *Site) Checked() string { return s.Upstream.Checked }

// Obstacle implements site.Obstructed.
func (s *Site) Obstacle() string {
	switch {
	case s.Upstream.Socket != "":
		return "a Unix socket"
	case s.B.Upstream.Origin == nil:
		return "a connection that speaks " + s.Upstream.Speaks
	}
	return ""
}

// BystanderWay implements site.Kind.
func (s *Site) BystanderWay(ctx context.Context) error { return s.EachWay(ctx, s.wayTo) }

// wayTo proves that the way to an upstream of a gateway of the user's own is open.
func (s *Site) wayTo(ctx context.Context, u gateway.Upstream) error {
	ctx, cancel := context.WithTimeout(ctx, site.WayPatience)
	defer cancel()
	at := s.At(u)
	if u.Host != "" {
		who := gateway.NameserverAt(u.Nameserver)
		reply, err := dns.Ask(ctx, who.String(), u.Host, typeA)
		if err != nil {
			return fmt.Errorf("ask the nameserver %s for %s: no answer to be used", who, u.Host)
		}
		if got := reply.Addresses; !slices.Contains(got, at.Addr()) {
			return fmt.Errorf(
				"ask the nameserver %s for %s: got %s %v, want %s",
				who,
				u.Host,
				reply.Rcode,
				got,
				at.Addr(),
			)
		}
	}
	way := wayToUpstream(u)
	if u.Speaks != string(upstream.OtherSpoken) {
		request, _ := s.B.Request(site.Probe{})
		nonce := request.Header[0].Value
		return site.WellFrom(at, way.Once(ctx, at, netip.Addr{}, direct(u, nonce)), nonce)
	}
	c, err := way.Connect(ctx, at, netip.Addr{})
	if err != nil {
		return fmt.Errorf("dial %s: %s", at, client.EndOf(err))
	}
	return c.Close()
}

// Sound implements site.Kind.
func (s *Site) Sound(ctx context.Context) error {
	return errors.Join(s.wayTo(ctx, s.Upstream), s.BystanderWay(ctx))
}

// typeA is the type of a query for IPv4 addresses (RFC 1035, section 3.2.2): names of a world have no others.
const typeA = 1
