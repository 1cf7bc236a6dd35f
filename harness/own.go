package harness

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// ours is what a bench has besides, whose gateway is the user's own. The setting is a target: a probe, which is the bench's main route, and one of the upstreams
// that it touches, which is the bench's Upstream. Every other upstream is there and healthy.
type ours struct {
	*gateway.Own
	gateway.Target
	bystander *gateway.Probe // a probe that the target's upstream has no part in; nil if there is none
	machine   *world.Machine
}

// ownSite is the world of a gateway of the user's own: what the user's file says stands around it.
type ownSite struct {
	*ours
	b *Bench
}

// NewOwn sets everything up in w around a gateway of the user's own, and starts it. It returns when the gateway's process
// runs; Steady waits until it serves. The caller closes the Bench.
func NewOwn(w *world.World, s Setup) (*Bench, error) {
	b, err := New(w, s)
	if err != nil {
		return nil, err
	}
	at := &ownSite{b: b, ours: &ours{Own: s.Definition.Own}}
	b.Kind = at
	return b, b.SetUp(at.findTarget, at.surround, at.startUpstreams, at.startNames, at.startWall, at.start)
}

// findTarget lays out the world.
func (s *ownSite) findTarget() error {
	b := s.b
	if !b.World.Sealed() {
		return fmt.Errorf("a gateway with its own configuration needs %s: %s: %w", world.AnyAddress.About(), b.World.Lacks(world.AnyAddress), errors.ErrUnsupported)
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
	s.Target, s.bystander = t, o.Bystander(t)
	at := o.At(t.Upstream)
	b.Plan.Gateway, b.Plan.Upstream, b.Plan.Nameserver = l.Door(), at, gateway.NameserverAt(t.Upstream.Nameserver)
	b.Plan.Nobody = netip.AddrPortFrom(at.Addr(), b.Plan.Nobody.Port())
	b.Plan.Named = gateway.Name{Host: t.Upstream.Host, Port: t.Upstream.Port}
	b.Plan.Secure, b.Plan.HTTP2 = at, at
	return nil
}

// surround makes the gateway's machine.
func (s *ownSite) surround() (err error) {
	b := s.b
	if b.Authority, err = upstream.NewAuthority(); err != nil {
		return err
	}
	o := s.ours
	loopback := (*firewall.Loopback)(nil)
	if o.machine, loopback, _, err = survey.Surround(b.World, o.Own, b.Authority.PEM()); err != nil {
		return err
	}
	ports := []uint16{}
	for _, l := range o.Listeners {
		ports = append(ports, l.At.Port())
		if a := l.At.Addr(); !a.IsUnspecified() && !a.IsLoopback() {
			if err := o.machine.Own(a); err != nil {
				return err
			}
		}
	}
	return loopback.Keep(ports...)
}

// startUpstreams starts every upstream where the gateway dials it, the target's behind a link.
func (s *ownSite) startUpstreams() error {
	b := s.b
	for _, u := range s.ours.Upstreams {
		at := s.ours.At(u)
		listen := at.String()
		if u.Name == s.ours.Upstream.Name {
			listen = "127.0.0.1:0"
		}
		origin, behind, err := s.startUpstream(u, listen)
		if err != nil {
			return err
		}
		if u.Name == s.ours.Upstream.Name {
			b.Upstream = &Place{Origin: origin}
			if b.Upstream.Link, err = b.newLink(at, behind); err != nil {
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

// startUpstream starts an upstream at listen. It is a scripted origin if it speaks HTTP/1; of others the origin is nil.
func (s *ownSite) startUpstream(u gateway.Upstream, listen string) (origin *upstream.Origin, addr string, err error) {
	b := s.b
	if u.Speaks == string(upstream.HTTP1Spoken) {
		o := upstream.Options{Name: u.Name, Workers: Workers}
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
		b.atClose(func() { _ = origin.Close() })
		b.Record(origin)
		return origin, origin.Addr(), nil
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, "", fmt.Errorf("start %s: %w", u.Name, err)
	}
	a := upstream.StartAnyone(l, b.Authority, func(netip.Addr) string { return u.Host })
	b.atClose(func() { _ = a.Close() })
	b.Record(a)
	return nil, a.Addr(), nil
}

func (s *ownSite) startSocket(path, to string) error {
	b := s.b
	l, err := survey.ListenAt(path)
	if err != nil {
		return err
	}
	r := upstream.RelayFrom(l, to)
	b.atClose(func() { _ = r.Close() })
	if path == s.ours.Upstream.Socket {
		b.Socket = r
	}
	return nil
}

// startNames lets each upstream's name lead to it, and every other name to an address at which nobody is.
func (s *ownSite) startNames() (err error) {
	b := s.b
	if b.Names, err = dns.Start(":53"); err != nil {
		return err
	}
	b.atClose(func() { _ = b.Names.Close() })
	for host, a := range s.ours.Hosts() {
		b.Names.SetFor(host, b.Plan.NamedFor, a)
	}
	b.Names.Otherwise(func(string) netip.Addr { return b.Plan.Stranger })
	return nil
}

func (s *ownSite) startWall() (err error) {
	b := s.b
	b.Wall, err = firewall.New(s.ours.machine.Network())
	return err
}

func (s *ownSite) start() (err error) {
	b := s.b
	if b.Gateway, err = s.ours.Start(s.ours.machine, b.World.Dir); err != nil {
		return err
	}
	b.atClose(func() { b.Gateway.Stop() })
	return nil
}

// relaunch starts the gateway anew, as it is, and returns when it takes connections: what it answers is not the question.
func (s *ownSite) relaunch(ctx context.Context, _ gateway.Vars) error {
	b := s.b
	b.Gateway.Stop()
	var err error
	if b.Gateway, err = s.ours.Start(s.ours.machine, b.World.Dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, record.SteadyMost)
	defer cancel()
	g := b.grace()
	main := Probe{Route: RouteMain}
	_, from := b.request(main)
	_, door := s.wayOf(main, from) // Where that very client connects: he may be one who comes over IPv6.
	for {
		c, err := client.Way{}.Connect(ctx, door, from)
		if err == nil {
			return c.Close()
		}
		if how := b.Gateway.Dead(); how != "" {
			return fmt.Errorf("the gateway ended (%s)", how)
		}
		if g.left() <= 0 {
			cancel()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the gateway to listen: %w", err)
		case <-time.After(longestPoll / 10):
		}
	}
}

// probe returns what the file says of the request, or nil when there is none such.
func (o *ours) probe(p Probe) *gateway.Probe {
	switch {
	case p.Ask.Own != nil:
		return p.Ask.Own
	case p.Route == RouteBystander:
		return o.bystander
	}
	return &o.Probe
}

// pooled lists the other members of the pool, and members all, by the names in their stamps.
func (o *ours) pooled() []string { return o.stamps(o.Pool()) }

func (o *ours) members() []string { return o.stamps(o.Probe.Upstreams) }

// stamps are what upstreams with the names call themselves: a scripted origin by its name, others by the address at which they stand.
func (o *ours) stamps(names []string) []string {
	all := []string{}
	for _, u := range o.Upstreams {
		switch {
		case !slices.Contains(names, u.Name):
		case u.Speaks == string(upstream.HTTP1Spoken):
			all = append(all, u.Name)
		default:
			all = append(all, o.At(u).String())
		}
	}
	return all
}
