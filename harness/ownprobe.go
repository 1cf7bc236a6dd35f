package harness

import (
	"cmp"
	"context"
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
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
func (b *Bench) wayOf(p Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	if b.ours == nil || b.ours.probe(p) == nil {
		return b.way, b.door(source)
	}
	way, door, probe := b.way, b.Plan.Gateway, b.ours.probe(p)
	if l, err := b.ours.Listener(*probe); err == nil && b.there == nil { // Elsewhere it is where it is, and a probe's URL says by which name.
		door = l.DoorFor(source)
	}
	way.Protocol = protocolOf(probe)
	if u, err := url.Parse(probe.URL); err == nil && u.Scheme == gateway.SpeaksHTTPS {
		way.TLS = &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true} // Whoever signed it: the gateway's own certificate is not what is tried.
	}
	return way, door
}

// methodsOf are what the route is probed with.
func (b *Bench) methodsOf(r Route) []string {
	if b.ours != nil {
		return ownMethods(&b.ours.Probe)
	}
	return r.methods()
}

// healthy reports whether the observation is of a steady state of the route.
func (b *Bench) healthy(r Route, o Observation) bool {
	if b.ours == nil {
		return o.Healthy()
	}
	return b.steadily(b.ours.probe(Probe{Route: r}), o)
}

// steadily reports whether the observation is what the probe of a gateway of the user's own gets in a steady state.
func (b *Bench) steadily(p *gateway.Probe, o Observation) bool {
	by := ByGateway
	if len(p.Upstreams) > 0 {
		by = ByUpstream
	}
	return o.Answered() && o.Status == p.Expect.Status && o.By == by && strings.Contains(o.Body, p.Expect.Body) &&
		(p.Expect.Header == "" || o.Header.Get(p.Expect.Header) != "") && (b.there == nil || o.served) && finished(p, o)
}

// alone reports whether nothing shares the client's connection with the route: there is no other request to send on it that the fault must leave alone.
func (b *Bench) alone(r Route) bool {
	if b.ours == nil {
		return false
	}
	if b.ours.bystander == nil || b.ours.Probe.Protocol != b.ours.bystander.Protocol || kindOf(&b.ours.Probe) != RouteMain {
		return true
	}
	_, door := b.wayOf(Probe{Route: r}, netip.Addr{})
	_, other := b.wayOf(Probe{Route: RouteBystander}, netip.Addr{})
	return door != other || host(b.ours.Probe.URL) != host(b.ours.bystander.URL)
}

func host(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return u.Host
}

// toUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
func (b *Bench) toUpstream(to netip.AddrPort) client.Way {
	if b.ours == nil {
		return client.Way{}
	}
	u := b.ours.Upstream
	if to != b.Plan.Upstream {
		u.Socket = ""
	}
	way := b.wayToUpstream(u)
	if b.there != nil {
		way.Protocol = b.there.span(u.Name).asked[b.ours.Probe.Name].speaks
	}
	return way
}

// wayToUpstream is how a gateway of the user's own talks to the upstream.
func (b *Bench) wayToUpstream(u gateway.Upstream) client.Way {
	way := client.Way{}
	if u.TLS {
		way.TLS = &tls.Config{ServerName: u.CalledBy()[0], InsecureSkipVerify: true} // Certificates are Handshake's matter.
	}
	if u.Socket != "" {
		way.Dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", u.Socket) }
	}
	return way
}

// Open connects to the upstream as the gateway does, past it.
func (b *Bench) Open(ctx context.Context) (*client.Conn, error) {
	return b.toUpstream(b.Plan.Upstream).Open(ctx, b.Plan.Upstream, netip.Addr{})
}

// Dial is Open for who writes and reads bytes.
func (b *Bench) Dial(ctx context.Context) (net.Conn, error) {
	return b.toUpstream(b.Plan.Upstream).Connect(ctx, b.Plan.Upstream, netip.Addr{})
}

// Answers reports whether a TCP connection to the address is made in that time, where the upstream is spoken to over TLS and a request tells no more than that
// nothing came of it. Elsewhere it is false.
func (b *Bench) Answers(ctx context.Context, at netip.AddrPort, within time.Duration) bool {
	if b.ours == nil || !b.ours.Upstream.TLS {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	c, err := client.Way{}.Connect(ctx, at, netip.Addr{})
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// FaultyName is the name that faults of the nameserver's answers are about: "" is every name.
func (b *Bench) FaultyName() string {
	if b.ours == nil {
		return ""
	}
	return b.ours.Upstream.Host
}

// tolerate lets clients of a gateway of the user's own see, besides what the policy wants, each of what is as good: the
// probe's own steady status where service is wanted; UNAVAILABLE in a call of gRPC; the answer of an upstream that is
// late, and not too late for the clients; and that of another member of the pool.
func (b *Bench) tolerate(want Expectation, f *Fault) Expectation {
	if b.ours == nil {
		return want
	}
	if want.By == ByUpstream && slices.Equal(want.Statuses, service.Statuses) {
		want.Statuses = []int{b.ours.Probe.Expect.Status}
	}
	want.OrUnavailable = want.OrUnavailable || b.ours.Probe.Protocol == gateway.GRPC
	if f.Late {
		want.OrRelayed = &Tolerance{Why: "the answer came while its client was still there", besides: want.OrRelayed}
	}
	if len(b.ours.pooled()) > 0 {
		want.OrRelayed = &Tolerance{Why: "another member of the pool serves the client", another: true, besides: want.OrRelayed}
		if b.there == nil {
			want.OrRelayed.By = b.ours.pooled()
		}
	}
	return want
}

// direct is a request for the upstream itself.
func direct(u gateway.Upstream, nonce string) client.Request {
	return client.Request{
		Method: http.MethodGet, Target: "/", Host: cmp.Or(u.Host, "upstream"),
		Header: []client.Field{{Name: upstream.NonceHeader, Value: nonce}},
	}
}
