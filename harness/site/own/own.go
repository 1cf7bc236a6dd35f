// Package own is the site of a gateway of the user's own, with its real configuration, in a world.
package own

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Described is what the user's file, or a survey, says of a gateway, wherever it runs. The setting is a target: a
// probe, which is the bench's main route, and one of the upstreams that it touches, which is the bench's Upstream.
// Every other upstream is there and healthy.
type Described struct {
	*gateway.Own
	gateway.Target
	BystanderProbe *gateway.Probe // a probe that the target's upstream has no part in; nil if there is none
	B              *site.Bench
	clients        atomic.Int64 // that came so far
}

// Site is the world of a gateway of the user's own: what the user's file says stands around it.
type Site struct {
	*Described
	machine    *world.Machine
	pages      pages
	lateRoutes atomic.Bool // it was seen without its routes
}

var _ interface {
	site.Kind
	site.Scripter
	site.Launcher
	site.Linker
	site.Socketer
	site.Pooler
	site.Obstructed
	site.Checker
	site.Caster
	site.Namer
} = &Site{}

// New sets everything up in w around a gateway of the user's own, and starts it. It returns when the gateway's process
// runs; Steady waits until it serves. The caller closes the Bench.
func New(w *world.World, s site.Setup) (*site.Bench, error) {
	b, err := site.New(w, s)
	if err != nil {
		return nil, err
	}
	at := &Site{Described: &Described{Own: s.Definition.Own, B: b}}
	b.Kind = at
	return b, b.SetUp(
		at.findTarget,
		at.surround,
		at.startUpstreams,
		at.startDNS,
		at.startAuthorities,
		at.startFirewall,
		at.start,
	)
}

// findTarget lays out the world.
func (s *Site) findTarget() error {
	b := s.B
	if !b.World.Sealed() {
		return fmt.Errorf(
			"a gateway with its own configuration needs %s: %s: %w",
			world.AnyAddress.About(),
			b.World.Lacks(world.AnyAddress),
			errors.ErrUnsupported,
		)
	}
	o := b.Definition.Own
	t, err := o.Target(b.Setting)
	if err != nil {
		return err
	}
	l, err := o.Listener(t.Probe)
	if err != nil {
		return err
	}
	s.Target, s.BystanderProbe, b.Target = t, o.Bystander(t), t.Upstream.Name
	at := o.At(t.Upstream)
	b.Plan.Gateway, b.Plan.Upstream, b.Plan.Nameserver = l.Door(), at, gateway.NameserverAt(t.Upstream.Nameserver)
	b.Plan.Nobody = netip.AddrPortFrom(at.Addr(), b.Plan.Nobody.Port())
	b.Plan.Named = gateway.Name{Host: t.Upstream.Host, Port: t.Upstream.Port}
	b.Plan.Secure, b.Plan.HTTP2 = at, at
	b.Plan.BrokenName, b.Plan.Socket = t.Upstream.Host, t.Upstream.Socket
	b.Plan.SecureNames, b.Plan.UpstreamTLS = t.Upstream.CalledBy(), t.Upstream.TLS
	b.Plan.UpstreamSpeaks = upstream.Language(t.Upstream.Speaks)
	return nil
}

// surround makes the gateway's machine.
func (s *Site) surround() (err error) {
	b := s.B
	if b.Authority, err = upstream.NewAuthority(); err != nil {
		return err
	}
	loopback := (*firewall.Loopback)(nil)
	if s.machine, loopback, _, err = survey.Surround(b.World, s.Own, b.Authority.PEM()); err != nil {
		return err
	}
	ports := []uint16{}
	for _, l := range s.Listeners {
		ports = append(ports, l.At.Port())
		if a := l.At.Addr(); !a.IsUnspecified() && !a.IsLoopback() {
			if err := s.machine.Own(a); err != nil {
				return err
			}
		}
	}
	return loopback.Keep(ports...)
}

// startUpstreams starts every upstream where the gateway dials it, the target's behind a link.
func (s *Site) startUpstreams() error {
	b := s.B
	for _, u := range s.Upstreams {
		at := s.At(u)
		listen := at.String()
		if u.Name == s.Upstream.Name {
			listen = "127.0.0.1:0"
		}
		origin, behind, err := s.startUpstream(u, listen)
		if err != nil {
			return err
		}
		if u.Name == s.Upstream.Name {
			b.Upstream = &site.Endpoint{Origin: origin}
			if b.Upstream.Link, err = b.NewLink(at, behind); err != nil {
				return err
			}
			b.Secure, b.HTTP2 = b.Upstream, b.Upstream.Link
		}
		if u.Socket != "" {
			if err := s.startSocket(u.Socket, at.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// startUpstream starts an upstream at listen. It is a scripted origin if its language is known; of others the origin is
// nil.
func (s *Site) startUpstream(u gateway.Upstream, listen string) (origin *upstream.Origin, addr string, err error) {
	b := s.B
	if u.Speaks != string(upstream.OtherSpoken) {
		o := upstream.Options{
			Name: u.Name, Workers: site.Workers, Speaks: upstream.Language(u.Speaks), Proxied: u.Proxied,
		}
		if u.TLS {
			cert, err := b.Authority.Issue(upstream.Leaf{Names: u.CalledBy()})
			if err != nil {
				return nil, "", err
			}
			o.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		}
		origin, err := upstream.Start(listen, o)
		if err != nil {
			return nil, "", fmt.Errorf("start %s: %w", u.Name, err)
		}
		b.AtClose(func() { _ = origin.Close() })
		b.RecordAs(u.Name, origin)
		return origin, origin.Addr(), nil
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, "", fmt.Errorf("start %s: %w", u.Name, err)
	}
	a := upstream.StartCatchAll(l, b.Authority, func(netip.Addr) string { return u.Host })
	b.AtClose(func() { _ = a.Close() })
	b.RecordAs(u.Name, a)
	return nil, a.Addr(), nil
}

func (s *Site) startSocket(path, to string) error {
	b := s.B
	l, err := survey.ListenAt(path)
	if err != nil {
		return err
	}
	r := upstream.RelayFrom(l, to)
	b.AtClose(func() { _ = r.Close() })
	if path == s.Upstream.Socket {
		b.Socket = r
	}
	return nil
}

// startDNS lets each upstream's name lead to it, and every other name to an address at which nobody is.
func (s *Site) startDNS() (err error) {
	b := s.B
	if b.DNS, err = dns.Start(":53"); err != nil {
		return err
	}
	b.AtClose(func() { _ = b.DNS.Close() })
	for host, a := range s.Hosts() {
		b.DNS.SetFor(host, b.Plan.NamedFor, a)
	}
	b.DNS.Otherwise(func(string) netip.Addr { return b.Plan.Stranger })
	return nil
}

func (s *Site) startFirewall() (err error) {
	b := s.B
	b.Firewall, err = firewall.New(s.machine.Network())
	return err
}

func (s *Site) start() (err error) {
	b := s.B
	if b.Gateway, err = s.Start(s.machine, b.World.Dir); err != nil {
		return err
	}
	b.AtClose(func() { b.Gateway.Stop() })
	return nil
}

// Relaunch starts the gateway anew, as it is, and returns when it takes connections, and has its routes: what else it
// answers is not the question.
func (s *Site) Relaunch(ctx context.Context) error {
	b := s.B
	b.Gateway.Stop()
	var err error
	if b.Gateway, err = s.Start(s.machine, b.World.Dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, record.SteadyMost)
	defer cancel()
	g := b.Grace()
	main := site.Probe{Route: site.RouteMain}
	_, from := b.Request(main)
	_, door := s.WayOf(main, from) // Where that very client connects: he may be one who comes over IPv6.
	for {
		c, err := client.Way{}.Connect(ctx, door, from)
		if err == nil {
			_ = c.Close()
			return s.awaitRoutes(ctx)
		}
		if how := b.Gateway.Dead(); how != "" {
			return fmt.Errorf("the gateway ended (%s)", how)
		}
		if g.Left() <= 0 {
			cancel()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the gateway to listen: %w", err)
		case <-time.After(site.LongestPoll / 10):
		}
	}
}

// ProbeOf returns what the file says of the request, or nil when there is none such.
func (d *Described) ProbeOf(p site.Probe) *gateway.Probe {
	switch {
	case p.Ask.Described != nil:
		return p.Ask.Described
	case p.Route == site.RouteBystander:
		return d.BystanderProbe
	}
	return &d.Probe
}

// pooled lists the other members of the pool, and members all, by the names in their stamps.
func (d *Described) pooled() []string { return d.stamps(d.Pool()) }

func (d *Described) members() []string { return d.stamps(d.Probe.As(gateway.Serves)) }

// stamps are what upstreams with the names call themselves: a scripted origin by its name, others by the address at
// which they stand.
func (d *Described) stamps(names []string) []string {
	all := []string{}
	for _, u := range d.Upstreams {
		switch {
		case !slices.Contains(names, u.Name):
		case u.Speaks != string(upstream.OtherSpoken):
			all = append(all, u.Name)
		default:
			all = append(all, d.At(u).String())
		}
	}
	return all
}
