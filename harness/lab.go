package harness

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// NewLab sets everything up in w around a known gateway, and starts it. It returns when the gateway's process runs;
// Steady waits until it serves. The caller closes the Bench.
func NewLab(w *world.World, s Setup) (*Bench, error) {
	b, err := New(w, s)
	if err != nil {
		return nil, err
	}
	at := labSite{b}
	b.Kind = at
	return b, b.SetUp(at.startUpstreams, at.startHTTP2, at.startSocket, at.startAuth, at.startFiles, at.startNames, at.startWall, at.startGateway)
}

// labSite is the world of a known gateway: everything in it is the harness's own, at the places of the plan.
type labSite struct{ b *Bench }

func (s labSite) terms(t record.Terms, _ bool) record.Terms {
	t.Limits = limitsOf(s.b)
	t.Bystander = s.steadyState(RouteBystander)
	return t
}

func (labSite) unchecked() []string { return nil }

func (labSite) watched() bool { return true }

// secrets are what an answer of the gateway's own must not tell.
func (s labSite) secrets() []secret {
	b := s.b
	all := []secret{secretName(namedHost, 0), secretName(secureHost, 0)}
	stranger := netip.AddrPortFrom(b.Plan.Stranger, b.Plan.Upstream.Port())
	for _, at := range []netip.AddrPort{
		b.Plan.Upstream, b.Plan.Spare, b.Plan.Third, b.Plan.Bystander, b.Plan.Secure, b.Plan.Nobody, b.Plan.Auth,
		b.Plan.HTTP2, stranger,
	} {
		switch {
		case !at.IsValid():
		case b.World.Sealed():
			all = append(all, secretAddress(at.Addr())) // Nobody but the upstream has it.
		default:
			all = append(all, secretText("the upstream's address", at.String()))
		}
	}
	return append(all, secretText("the upstream's socket", b.SocketPath()))
}

func (labSite) nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (labSite) dress(r *client.Request, p Probe, from netip.Addr) netip.Addr {
	if p.Route == RouteGRPC {
		call(r)
	}
	return from
}

func (s labSite) wayOf(_ Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	return s.b.way, s.b.door(source)
}

func (labSite) talk(p Probe) Route { return p.Route }

func (labSite) methodsOf(r Route) []string { return r.methods() }

func (labSite) attribute(*Observation, Probe) {} // The stamps say all.

func (labSite) stamped(r client.Response, nonce string) bool {
	return r.Header.Get(stamp.Answer) == nonce
}

func (labSite) exclusive(Route) bool { return false }

func (labSite) healthy(_ Route, o Observation) bool { return o.Healthy() }

func (labSite) steadyState(Route) string { return service.String() }

func (labSite) hasBystander() bool { return true }

func (labSite) wholePool(s State) bool { return s == Balanced }

func (labSite) membersVisible() error { return nil }

func (s labSite) memberNames() []string {
	names := []string{}
	for _, m := range s.b.Members() {
		names = append(names, m.Name)
	}
	return names
}

func (labSite) servers(o Observation) []string { return []string{o.Header.Get(stamp.Origin)} }

func (labSite) membersTried() int { return 2 }

func (labSite) delayed(shortest time.Duration) time.Duration { return shortest / 2 }

func (labSite) asksAll() bool { return false }

func (labSite) opaque() string { return "" }

func (labSite) veil() string { return "" }

func (labSite) checked() string { return "" }

func (labSite) question(r client.Request, _ string) client.Request { return r }

func (labSite) toUpstream(netip.AddrPort) client.Way { return client.Way{} }

func (labSite) exchanged(*Answer, string) {}

func (s labSite) bystanderWay(ctx context.Context) error {
	return s.b.stampedBy(ctx, s.b.Plan.Bystander)
}

// sound proves, without the gateway, that every upstream of the catalogue's works.
func (s labSite) sound(ctx context.Context) error {
	b := s.b
	for _, at := range []netip.AddrPort{b.Plan.Upstream, b.Plan.Spare, b.Plan.Bystander} {
		r, nonce := b.Direct(ctx, at, patience)
		if r.Header.Get(stamp.Answer) != nonce || r.End != client.Complete {
			return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", at, r.Status, r.End, r.Error)
		}
	}
	if r, nonce := b.DirectHTTP2(ctx, patience); r.Header.Get(stamp.Answer) != nonce || r.End != client.Complete {
		return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", b.Plan.HTTP2, r.Status, r.End, r.Error)
	}
	if err := b.Handshake(ctx, b.Plan.Secure); err != nil {
		return fmt.Errorf("upstream %s: %w", b.Plan.Secure, err)
	}
	if r, _ := b.Direct(ctx, b.Plan.Auth, patience); r.Status != http.StatusOK {
		return fmt.Errorf("auth service %s: got %d (%s %s), want a 200", b.Plan.Auth, r.Status, r.End, r.Error)
	}
	return nil
}

func (labSite) conclusive() bool { return false }

func (labSite) faultyName() string { return "" }

func (labSite) secureNames() []string { return []string{secureHost} }

func (labSite) standsInTLS() bool { return false }

func (labSite) language() string { return string(upstream.HTTP1Spoken) }

func (s labSite) socketPath() string { return filepath.Join(s.b.World.Dir, "upstream.sock") }

func (s labSite) dialled() []netip.AddrPort {
	p := s.b.Plan
	return []netip.AddrPort{p.Upstream, p.Spare, p.Third, p.Secure, p.HTTP2}
}

func (labSite) sockets(family string) string { return sockets(family) }

func (s labSite) pooled() []dropper {
	links := []dropper{s.b.Upstream.Link, s.b.Secure.Link, s.b.HTTP2}
	for _, m := range s.b.Members()[1:] {
		links = append(links, m.Link)
	}
	return links
}

func (labSite) reconfigurable() error { return nil }

func (s labSite) relaunch(ctx context.Context, v gateway.Vars) error {
	s.b.Gateway.Stop()
	if err := s.launch(v); err != nil {
		return err
	}
	return s.b.Steady(ctx, RouteBystander)
}

func (labSite) theirs() bool { return false }

func (labSite) homeReachable() error { return nil }
