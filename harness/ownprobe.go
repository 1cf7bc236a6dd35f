package harness

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
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// fit gives a request of the route what the file says of its probe, and returns where the client comes from.
func (o *ours) fit(r *client.Request, p Probe, from netip.Addr) netip.Addr {
	probe := o.probe(p)
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
		envelop(r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Body == nil:
		r.Body = []byte(probeBody)
	}
	if r.Body != nil && probe.Body != "" && probe.Protocol != gateway.GRPC {
		r.Body = []byte(probe.Body)
	}
	a, named := netip.ParseAddr(probe.From)
	if named == nil && p.Ask.From == Anyone {
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

// wayOf is how the client of a probe talks to the gateway, and where he connects.
func (s *ownSite) wayOf(p Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	probe := s.probe(p)
	if probe == nil {
		return s.b.way, s.b.door(source)
	}
	way, door := s.way(probe), s.b.Plan.Gateway
	if l, err := s.Listener(*probe); err == nil {
		door = l.DoorFor(source)
	}
	return way, door
}

// way is how the client of the probe talks to the gateway.
func (s *ownSite) way(probe *gateway.Probe) client.Way {
	way := s.b.way
	way.Protocol = protocolOf(probe)
	if u, err := url.Parse(probe.URL); err == nil && u.Scheme == gateway.SpeaksHTTPS {
		way.TLS = &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true} // Whoever signed it: the gateway's own certificate is not what is tried.
	}
	return way
}

func (s *ownSite) methodsOf(Route) []string { return ownMethods(&s.Probe) }

func (s *ownSite) healthy(r Route, o Observation) bool {
	return s.steadily(s.probe(Probe{Route: r}), o)
}

// steadily reports whether the observation is what the probe of a gateway of the user's own gets in a steady state.
func (s *ownSite) steadily(p *gateway.Probe, o Observation) bool {
	by := ByGateway
	if len(p.Upstreams) > 0 {
		by = ByUpstream
	}
	return o.Answered() && o.Status == p.Expect.Status && o.By == by && strings.Contains(o.Body, p.Expect.Body) &&
		(p.Expect.Header == "" || o.Header.Get(p.Expect.Header) != "") && finished(p, o)
}

// exclusive reports whether nothing shares the client's connection with the route: there is no other request to send on it that the fault must leave alone.
func (s *ownSite) exclusive(r Route) bool {
	b := s.b
	if s.bystander == nil || s.Probe.Protocol != s.bystander.Protocol || kindOf(&s.Probe) != RouteMain {
		return true
	}
	_, door := b.Kind.wayOf(Probe{Route: r}, netip.Addr{})
	_, other := b.Kind.wayOf(Probe{Route: RouteBystander}, netip.Addr{})
	return door != other || host(s.Probe.URL) != host(s.bystander.URL)
}

func host(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return u.Host
}

// toUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
func (s *ownSite) toUpstream(to netip.AddrPort) client.Way {
	u := s.Upstream
	if to != s.b.Plan.Upstream {
		u.Socket = ""
	}
	return wayToUpstream(u)
}

// wayToUpstream is how a gateway of the user's own talks to the upstream.
func wayToUpstream(u gateway.Upstream) client.Way {
	way := client.Way{}
	if u.TLS {
		way.TLS = &tls.Config{ServerName: u.CalledBy()[0], InsecureSkipVerify: true} // Certificates are Handshake's matter.
	}
	if u.Socket != "" {
		way.Dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", u.Socket) }
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

// besides lists what clients may see besides what the policy wants, as it is as good: the answer of an upstream that is
// late, and not too late for the clients; and that of another member of the pool, by what these stamp.
func (s *ownSite) besides(late bool, others []string) (all []Tolerance) {
	if late {
		all = append(all, Tolerance{Why: "the answer came while its client was still there"})
	}
	if len(s.Pool()) > 0 {
		all = append(all, Tolerance{Why: "another member of the pool serves the client", Another: true, By: others})
	}
	return all
}

func (s *ownSite) terms(t record.Terms, late bool) record.Terms {
	t.Limits = limitsOf(s.b)
	t.Steady, t.Unavailable = s.Probe.Expect.Status, s.Probe.Protocol == gateway.GRPC
	if s.hasBystander() {
		t.Bystander = s.steadyState(RouteBystander)
	}
	t.Besides = s.besides(late, s.ours.pooled())
	return t
}

func (*ownSite) unchecked() []string { return nil }

func (*ownSite) watched() bool { return true }

func (s *ownSite) secrets() []secret { return s.ours.secrets() }

func (*ownSite) nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (s *ownSite) dress(r *client.Request, p Probe, from netip.Addr) netip.Addr {
	return s.fit(r, p, from)
}

func (*ownSite) stamped(r client.Response, nonce string) bool {
	return r.Header.Get(stamp.Answer) == nonce
}

func (s *ownSite) attribute(o *Observation, p Probe) {
	probe := s.probe(p)
	o.Served = o.Status != 0 && probe != nil && o.By == ByUpstream && s.steadily(probe, *o)
}

func (s *ownSite) steadyState(r Route) string {
	p := s.probe(Probe{Route: r})
	return fmt.Sprintf("the steady %d of probe %s", p.Expect.Status, p.Name)
}

// hasBystander reports whether some probe does not touch the upstream.
func (s *ownSite) hasBystander() bool { return s.bystander != nil }

func (*ownSite) wholePool(s State) bool { return s == Balanced }

func (*ownSite) membersVisible() error { return nil }

func (s *ownSite) memberNames() []string { return s.members() }

func (*ownSite) servers(o Observation) []string { return []string{o.Header.Get(stamp.Origin)} }

// membersTried is one: no client of the user's waits longer than the user says.
func (*ownSite) membersTried() int { return 1 }

// delayed is a second at most, which people notice.
func (*ownSite) delayed(shortest time.Duration) time.Duration { return min(time.Second, shortest/2) }

func (s *ownSite) asksAll() bool { return s.Probe.Asks == gateway.AsksAll }

func (*ownSite) opaque() string { return "" }

func (s *ownSite) question(_ client.Request, nonce string) client.Request {
	return direct(s.Upstream, nonce)
}

func (*ownSite) exchanged(*Answer, string) {}

func (s *ownSite) conclusive() bool { return s.Upstream.TLS }

func (s *ownSite) faultyName() string { return s.Upstream.Host }

func (s *ownSite) secureNames() []string { return s.Upstream.CalledBy() }

func (s *ownSite) standsInTLS() bool { return s.Upstream.TLS }

func (s *ownSite) language() string { return s.Upstream.Speaks }

func (s *ownSite) socketPath() string { return s.Upstream.Socket }

func (s *ownSite) dialled() []netip.AddrPort {
	if a, err := netip.ParseAddr(s.Upstream.Address); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, s.Upstream.Port)}
	}
	return []netip.AddrPort{s.b.Plan.Upstream}
}

func (s *ownSite) sockets(family string) (table string) {
	_ = s.machine.Do(func() error { table = sockets(family); return nil })
	return table
}

func (s *ownSite) pooled() []dropper { return []dropper{s.b.Upstream.Link} }

func (*ownSite) reconfigurable() error {
	return Inapplicable("the fault takes another configuration, and your own is not touched")
}

func (*ownSite) theirs() bool { return false }

func (*ownSite) homeReachable() error {
	return Inapplicable("the home network leads to the known gateways' address")
}

func (s *ownSite) checked() string { return s.Upstream.Checked }

func (s *ownSite) veil() string {
	switch {
	case s.Upstream.Socket != "":
		return "a Unix socket"
	case s.b.Upstream.Origin == nil:
		return "a connection that speaks " + s.Upstream.Speaks
	}
	return ""
}

func (s *ownSite) bystanderWay(ctx context.Context) error { return s.eachWay(ctx, s.wayTo) }

// eachWay proves the way to each upstream of the bystander.
func (s *ownSite) eachWay(ctx context.Context, prove func(context.Context, gateway.Upstream) error) error {
	if !s.hasBystander() {
		return nil
	}
	for _, u := range s.Upstreams {
		if !slices.Contains(s.bystander.Upstreams, u.Name) {
			continue
		}
		if err := prove(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
	}
	return nil
}

// wayTo proves that the way to an upstream of a gateway of the user's own is open.
func (s *ownSite) wayTo(ctx context.Context, u gateway.Upstream) error {
	ctx, cancel := context.WithTimeout(ctx, wayPatience)
	defer cancel()
	at := s.At(u)
	if u.Host != "" {
		who := gateway.NameserverAt(u.Nameserver)
		reply, err := dns.Ask(ctx, who.String(), u.Host, typeA)
		if err != nil {
			return fmt.Errorf("ask the nameserver %s for %s: no answer to be used", who, u.Host)
		}
		if got := reply.Addresses; !slices.Contains(got, at.Addr()) {
			return fmt.Errorf("ask the nameserver %s for %s: got %s %v, want %s", who, u.Host, reply.Rcode, got, at.Addr())
		}
	}
	way := wayToUpstream(u)
	if u.Speaks == string(upstream.HTTP1Spoken) {
		request, _ := s.b.request(Probe{})
		nonce := request.Header[0].Value
		return wellFrom(at, way.Once(ctx, at, netip.Addr{}, direct(u, nonce)), nonce)
	}
	c, err := way.Connect(ctx, at, netip.Addr{})
	if err != nil {
		return fmt.Errorf("dial %s: %s", at, client.EndOf(err))
	}
	return c.Close()
}

func (s *ownSite) sound(ctx context.Context) error {
	return errors.Join(s.wayTo(ctx, s.Upstream), s.bystanderWay(ctx))
}

// typeA is the type of a query for IPv4 addresses (RFC 1035, section 3.2.2): names of a world have no others.
const typeA = 1
