package own

import (
	"cmp"
	"context"
	"crypto/tls"
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
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
)

// fit gives a request of the route what the file says of its probe, and returns where the client comes from.
func (d *Described) fit(r *client.Request, p site.Probe, from netip.Addr) netip.Addr {
	probe := d.ProbeOf(p)
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
	if probe.Uncached {
		r.Target = gateway.Uncached(r.Target, r.Header[0].Value) // The nonce.
	}
	for _, name := range slices.Sorted(maps.Keys(probe.Headers)) {
		if strings.EqualFold(name, gateway.HostField) {
			r.Host = probe.Headers[name]
			continue
		}
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
	a := probe.Client(int(d.clients.Add(1)))
	named := a.IsValid()
	if named && p.Ask.From == site.Anyone {
		from = a
	}
	// What listens on [::] may take IPv4 too, and does if the file has a client come over it.
	if l, err := d.Listener(*probe); err == nil && l.At.Addr().Is6() && from.Is4() {
		if !named || !l.At.Addr().IsUnspecified() {
			from = gateway.Client6
		}
	}
	return from
}

// Way is how the client of the probe talks to the gateway.
func (d *Described) Way(probe *gateway.Probe) client.Way {
	way := d.B.Way
	way.Protocol = d.protocolOf(probe)
	if u, err := url.Parse(probe.URL); err == nil && u.Scheme == gateway.SpeaksHTTPS {
		way.TLS = &tls.Config{
			ServerName:         u.Hostname(),
			InsecureSkipVerify: true,
		} // Whoever signed it: the gateway's own certificate is not what is tried.
	}
	if way.TLS != nil && probe.Certificate != "" && d.B.Authority != nil {
		way.TLS.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return d.B.Authority.IssueClient(probe.Certificate)
		}
	}
	return way
}

// MethodsOf implements site.Kind.
func (d *Described) MethodsOf(site.Route) []string { return ownMethods(&d.Probe) }

// Healthy implements site.Kind.
func (d *Described) Healthy(r site.Route, o record.Observation) bool {
	return d.steadily(d.ProbeOf(site.Probe{Route: r}), o)
}

// steadily reports whether the observation is what the probe of a gateway of the user's own gets in a steady state.
func (d *Described) steadily(p *gateway.Probe, o record.Observation) bool {
	by := record.ByGateway
	if p.Served() {
		by = record.ByUpstream
	}
	return o.Answered() && o.Status == p.Expect.Status && o.By == by && strings.Contains(o.Body, p.Expect.Body) &&
		(p.Expect.Header == "" || o.Header.Get(p.Expect.Header) != "") && finished(p, o)
}

// Exclusive reports whether nothing shares the client's connection with the route: there is no other request to send
// on it that the fault must leave alone.
func (d *Described) Exclusive(r site.Route) bool {
	b := d.B
	if d.BystanderProbe == nil || d.Probe.Protocol != d.BystanderProbe.Protocol ||
		kindOf(&d.Probe) != site.RouteMain {
		return true
	}
	_, door := b.WayOf(site.Probe{Route: r}, netip.Addr{})
	_, other := b.WayOf(site.Probe{Route: site.RouteBystander}, netip.Addr{})
	return door != other || host(d.Probe.URL) != host(d.BystanderProbe.URL)
}

func host(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return u.Host
}

// ToUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
func (d *Described) ToUpstream(to netip.AddrPort) client.Way {
	u := d.Upstream
	if to != d.B.Plan.Upstream {
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
func (d *Described) Besides(late bool, others []string) (all []record.Tolerance) {
	if late {
		all = append(all, record.Tolerance{Why: "the answer came while its client was still there"})
	}
	if len(d.Pool()) > 0 {
		all = append(
			all,
			record.Tolerance{Why: "another member of the pool serves the client", Another: true, By: others},
		)
	}
	return all
}

// Terms implements site.Kind.
func (d *Described) Terms(t record.Terms, late bool) record.Terms {
	t.Limits = site.LimitsOf(d.B)
	t.Steady, t.Unavailable = d.Probe.Expect.Status, d.Probe.Protocol == gateway.GRPC
	t.Part = partOf(d.Role())
	if t.Part == "" && d.Passes(d.Probe) {
		t.Part = record.PassedPart
	}
	if !d.Probe.Served() {
		t.SteadyBy = record.ByGateway
	}
	if d.HasBystander() {
		t.Bystander = d.SteadyState(site.RouteBystander)
	}
	t.Besides = d.Besides(late, d.pooled())
	return t
}

// Dress implements site.Kind.
func (d *Described) Dress(r *client.Request, p site.Probe, from netip.Addr) netip.Addr {
	return d.fit(r, p, from)
}

// SteadyState implements site.Kind.
func (d *Described) SteadyState(r site.Route) string {
	p := d.ProbeOf(site.Probe{Route: r})
	return fmt.Sprintf("the steady %d of probe %s", p.Expect.Status, p.Name)
}

// Routes implements site.Kind.
func (*Described) Routes() []site.Route { return []site.Route{site.RouteMain, site.RouteBystander} }

// HasBystander reports whether some probe does not touch the upstream.
func (d *Described) HasBystander() bool { return d.BystanderProbe != nil }

// MemberNames implements site.Pooler.
func (d *Described) MemberNames() []string { return d.members() }

// MembersTried is one: no client of the user's waits longer than the user says.
func (*Described) MembersTried() int { return 1 }

// Delayed is a second at most, which people notice.
func (*Described) Delayed(shortest time.Duration) time.Duration { return min(time.Second, shortest/2) }

// AsksAll implements site.Pooler.
func (d *Described) AsksAll() bool { return d.Probe.Asks == gateway.AsksAll }

// Dialled implements site.Socketer.
func (d *Described) Dialled() []netip.AddrPort {
	if a, err := netip.ParseAddr(d.Upstream.Address); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, d.Upstream.Port)}
	}
	return []netip.AddrPort{d.B.Plan.Upstream}
}

// Links implements site.Linker.
func (d *Described) Links() []site.Dropper { return []site.Dropper{d.B.Upstream.Link} }

// EachWay proves the way to each upstream of the bystander.
func (d *Described) EachWay(ctx context.Context, prove func(context.Context, gateway.Upstream) error) error {
	if !d.HasBystander() {
		return nil
	}
	for _, u := range d.Upstreams {
		if !slices.Contains(d.BystanderProbe.Upstreams, u.Name) {
			continue
		}
		if err := prove(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
	}
	return nil
}
