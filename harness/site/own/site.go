package own

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// fit gives a request of the route what the file says of its probe, and returns where the client comes from.
func (o *Described) fit(r *client.Request, p site.Probe, from netip.Addr) netip.Addr {
	probe := o.ProbeOf(p)
	if probe == nil {
		return from
	}
	if p.Method == "" && p.Ask.Method == "" {
		r.Method = ownMethods(probe)[0]
	}
	if u, err := url.Parse(probe.URL); err == nil {
		r.Host = u.Host
		if p.Ask.Path == "" {
			r.Target = u.RequestURI()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(probe.Headers)) {
		r.Header = append(r.Header, client.Field{Name: name, Value: probe.Headers[name]})
	}
	switch {
	case probe.Protocol == gateway.GRPC:
		site.Envelop(r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Body == nil:
		r.Body = []byte(site.ProbeBody)
	}
	if r.Body != nil && probe.Body != "" && probe.Protocol != gateway.GRPC {
		r.Body = []byte(probe.Body)
	}
	a, named := netip.ParseAddr(probe.From)
	if named == nil && p.Ask.From == site.Anyone {
		from = a
	}
	// What listens on [::] may take IPv4 too, and does if the file has a client come over it.
	if l, err := o.Listener(*probe); err == nil && l.At.Addr().Is6() && from.Is4() {
		if named != nil || !l.At.Addr().IsUnspecified() {
			from = gateway.Client6
		}
	}
	return from
}

// WayOf is how the client of a probe talks to the gateway, and where he connects.
func (s *Site) WayOf(p site.Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	probe := s.ProbeOf(p)
	if probe == nil {
		return s.B.Way, s.B.Door(source)
	}
	way, door := s.Way(probe), s.B.Plan.Gateway
	if l, err := s.Listener(*probe); err == nil {
		door = l.DoorFor(source)
	}
	return way, door
}

// Way is how the client of the probe talks to the gateway.
func (s *Site) Way(probe *gateway.Probe) client.Way {
	way := s.B.Way
	way.Protocol = protocolOf(probe)
	if u, err := url.Parse(probe.URL); err == nil && u.Scheme == gateway.SpeaksHTTPS {
		way.TLS = &tls.Config{
			ServerName:         u.Hostname(),
			InsecureSkipVerify: true,
		} // Whoever signed it: the gateway's own certificate is not what is tried.
	}
	return way
}

// MethodsOf implements site.Kind.
func (s *Site) MethodsOf(site.Route) []string { return ownMethods(&s.Probe) }

// Healthy implements site.Kind.
func (s *Site) Healthy(r site.Route, o record.Observation) bool {
	return s.steadily(s.ProbeOf(site.Probe{Route: r}), o)
}

// steadily reports whether the observation is what the probe of a gateway of the user's own gets in a steady state.
func (s *Site) steadily(p *gateway.Probe, o record.Observation) bool {
	by := record.ByGateway
	if len(p.Upstreams) > 0 {
		by = record.ByUpstream
	}
	return o.Answered() && o.Status == p.Expect.Status && o.By == by && strings.Contains(o.Body, p.Expect.Body) &&
		(p.Expect.Header == "" || o.Header.Get(p.Expect.Header) != "") && finished(p, o)
}

// Exclusive reports whether nothing shares the client's connection with the route: there is no other request to send
// on it that the fault must leave alone.
func (s *Site) Exclusive(r site.Route) bool {
	b := s.B
	if s.BystanderProbe == nil || s.Probe.Protocol != s.BystanderProbe.Protocol ||
		kindOf(&s.Probe) != site.RouteMain {
		return true
	}
	_, door := b.WayOf(site.Probe{Route: r}, netip.Addr{})
	_, other := b.WayOf(site.Probe{Route: site.RouteBystander}, netip.Addr{})
	return door != other || host(s.Probe.URL) != host(s.BystanderProbe.URL)
}

func host(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return u.Host
}

// ToUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
func (s *Site) ToUpstream(to netip.AddrPort) client.Way {
	u := s.Upstream
	if to != s.B.Plan.Upstream {
		u.Socket = ""
	}
	return wayToUpstream(u)
}

// wayToUpstream is how a gateway of the user's own talks to the upstream.
func wayToUpstream(u gateway.Upstream) client.Way {
	way := client.Way{}
	if u.TLS {
		way.TLS = &tls.Config{
			ServerName:         u.CalledBy()[0],
			InsecureSkipVerify: true,
		} // Certificates are Handshake's matter.
	}
	if u.Socket != "" {
		way.Dial = func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", u.Socket)
		}
	}
	return way
}

// direct is a request for the upstream itself.
func direct(u gateway.Upstream, nonce string) client.Request {
	return client.Request{
		Method: http.MethodGet, Target: "/", Host: cmp.Or(u.Host, "upstream"),
		Header: []client.Field{{Name: stamp.Nonce, Value: nonce}},
	}
}

// Besides lists what clients may see besides what the policy wants, as it is as good: the answer of an upstream that is
// late, and not too late for the clients; and that of another member of the pool, by what these stamp.
func (s *Site) Besides(late bool, others []string) (all []record.Tolerance) {
	if late {
		all = append(all, record.Tolerance{Why: "the answer came while its client was still there"})
	}
	if len(s.Pool()) > 0 {
		all = append(
			all,
			record.Tolerance{Why: "another member of the pool serves the client", Another: true, By: others},
		)
	}
	return all
}

// Terms implements site.Kind.
func (s *Site) Terms(t record.Terms, late bool) record.Terms {
	t.Limits = site.LimitsOf(s.B)
	t.Steady, t.Unavailable = s.Probe.Expect.Status, s.Probe.Protocol == gateway.GRPC
	if s.HasBystander() {
		t.Bystander = s.SteadyState(site.RouteBystander)
	}
	t.Besides = s.Besides(late, s.pooled())
	return t
}

// Unchecked implements site.Kind.
func (*Site) Unchecked() []string { return nil }

// Watched implements site.Kind.
func (*Site) Watched() bool { return true }

// Secrets implements site.Kind.
func (s *Site) Secrets() []site.Secret { return s.secrets() }

// Nonce implements site.Kind.
func (*Site) Nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

// Dress implements site.Kind.
func (s *Site) Dress(r *client.Request, p site.Probe, from netip.Addr) netip.Addr {
	return s.fit(r, p, from)
}

// Stamped implements site.Kind.
func (*Site) Stamped(r client.Response, nonce string) bool {
	return r.Header.Get(stamp.Answer) == nonce
}

// Attribute implements site.Kind.
func (s *Site) Attribute(o *record.Observation, p site.Probe) {
	probe := s.ProbeOf(p)
	o.Served = o.Status != 0 && probe != nil && o.By == record.ByUpstream && s.steadily(probe, *o)
}

// SteadyState implements site.Kind.
func (s *Site) SteadyState(r site.Route) string {
	p := s.ProbeOf(site.Probe{Route: r})
	return fmt.Sprintf("the steady %d of probe %s", p.Expect.Status, p.Name)
}

// Routes implements site.Kind.
func (*Site) Routes() []site.Route { return []site.Route{site.RouteMain, site.RouteBystander} }

// HasBystander reports whether some probe does not touch the upstream.
func (s *Site) HasBystander() bool { return s.BystanderProbe != nil }

// WholePool implements site.Kind.
func (*Site) WholePool(s site.State) bool { return s == site.Balanced }

// MembersVisible implements site.Kind.
func (*Site) MembersVisible() error { return nil }

// MemberNames implements site.Kind.
func (s *Site) MemberNames() []string { return s.members() }

// Servers implements site.Kind.
func (*Site) Servers(o record.Observation) []string { return []string{o.Header.Get(stamp.Origin)} }

// MembersTried is one: no client of the user's waits longer than the user says.
func (*Site) MembersTried() int { return 1 }

// Delayed is a second at most, which people notice.
func (*Site) Delayed(shortest time.Duration) time.Duration { return min(time.Second, shortest/2) }

// AsksAll implements site.Kind.
func (s *Site) AsksAll() bool { return s.Probe.Asks == gateway.AsksAll }

// Opaque implements site.Kind.
func (*Site) Opaque() string { return "" }

// Question implements site.Kind.
func (s *Site) Question(_ client.Request, nonce string) client.Request {
	return direct(s.Upstream, nonce)
}

// Exchanged implements site.Kind.
func (*Site) Exchanged(*site.Answer, string) {}

// Conclusive implements site.Kind.
func (s *Site) Conclusive() bool { return s.Upstream.TLS }

// FaultyName implements site.Kind.
func (s *Site) FaultyName() string { return s.Upstream.Host }

// SecureNames implements site.Kind.
func (s *Site) SecureNames() []string { return s.Upstream.CalledBy() }

// StandsInTLS implements site.Kind.
func (s *Site) StandsInTLS() bool { return s.Upstream.TLS }

// Language implements site.Kind.
func (s *Site) Language() string { return s.Upstream.Speaks }

// SocketPath implements site.Kind.
func (s *Site) SocketPath() string { return s.Upstream.Socket }

// Dialled implements site.Kind.
func (s *Site) Dialled() []netip.AddrPort {
	if a, err := netip.ParseAddr(s.Upstream.Address); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, s.Upstream.Port)}
	}
	return []netip.AddrPort{s.B.Plan.Upstream}
}

// Sockets implements site.Kind.
func (s *Site) Sockets(family string) (table string) {
	_ = s.machine.Do(func() error { table = site.SocketTable(family); return nil })
	return table
}

// Pooled implements site.Kind.
func (s *Site) Pooled() []site.Dropper { return []site.Dropper{s.B.Upstream.Link} }

// Reconfigurable implements site.Kind.
func (*Site) Reconfigurable() error {
	return site.Inapplicable("the fault takes another configuration, and your own is not touched")
}

// Theirs implements site.Kind.
func (*Site) Theirs() bool { return false }

// HomeReachable implements site.Kind.
func (*Site) HomeReachable() error {
	return site.Inapplicable("the home network leads to the known gateways' address")
}

// Checked implements site.Kind.
func (s *Site) Checked() string { return s.Upstream.Checked }

// Obstacle implements site.Kind.
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

// EachWay proves the way to each upstream of the bystander.
func (s *Site) EachWay(ctx context.Context, prove func(context.Context, gateway.Upstream) error) error {
	if !s.HasBystander() {
		return nil
	}
	for _, u := range s.Upstreams {
		if !slices.Contains(s.BystanderProbe.Upstreams, u.Name) {
			continue
		}
		if err := prove(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
	}
	return nil
}

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
	if u.Speaks == string(upstream.HTTP1Spoken) {
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
