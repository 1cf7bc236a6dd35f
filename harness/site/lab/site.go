// Package lab is the site of a known gateway: everything around it is the harness's own.
package lab

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// New sets everything up in w around a known gateway, and starts it. It returns when the gateway's process runs;
// Steady waits until it serves. The caller closes the Bench.
func New(w *world.World, s site.Setup) (*site.Bench, error) {
	b, err := site.New(w, s)
	if err != nil {
		return nil, err
	}
	b.Plan.Socket = filepath.Join(w.Dir, "upstream.sock")
	b.Plan.SecureNames = []string{site.SecureHost}
	at := known{b}
	b.Kind = at
	return b, b.SetUp(
		at.startUpstreams,
		at.startHTTP2,
		at.startSocket,
		at.startAuth,
		at.startFiles,
		at.startDNS,
		at.startFirewall,
		at.startGateway,
	)
}

// known is the world of a known gateway: everything in it is the harness's own, at the places of the plan.
type known struct{ b *site.Bench }

var _ interface {
	site.Kind
	site.Scripter
	site.Launcher
	site.Deployer
	site.Linker
	site.Socketer
	site.Pooler
	site.Homely
} = known{}

func (s known) Terms(t record.Terms, _ bool) record.Terms {
	t.Limits = site.LimitsOf(s.b)
	t.Bystander = s.SteadyState(site.RouteBystander)
	return t
}

// Secrets are what an answer of the gateway's own must not tell.
func (s known) Secrets() []site.Secret {
	b := s.b
	all := []site.Secret{site.SecretName(site.NamedHost, 0), site.SecretName(site.SecureHost, 0)}
	stranger := netip.AddrPortFrom(b.Plan.Stranger, b.Plan.Upstream.Port())
	for _, at := range []netip.AddrPort{
		b.Plan.Upstream, b.Plan.Member2, b.Plan.Member3, b.Plan.Bystander, b.Plan.Secure, b.Plan.Nobody, b.Plan.AuthService,
		b.Plan.HTTP2, stranger,
	} {
		switch {
		case !at.IsValid():
		case b.World.Sealed():
			all = append(all, site.SecretAddress(at.Addr())) // Nobody but the upstream has it.
		default:
			all = append(all, site.SecretText("the upstream's address", at.String()))
		}
	}
	return append(all, site.SecretText("the upstream's socket", b.Plan.Socket))
}

func (known) Nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (known) Dress(r *client.Request, p site.Probe, from netip.Addr) netip.Addr {
	if p.Route == site.RouteGRPC {
		site.Call(r)
	}
	return from
}

func (s known) WayOf(_ site.Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	return s.b.Way, s.b.Door(source)
}

func (known) Talk(p site.Probe) site.Route { return p.Route }

func (known) MethodsOf(r site.Route) []string { return r.Methods() }

func (known) Attribute(*record.Observation, site.Probe) {} // The stamps say all.

func (known) Stamped(r client.Response, nonce string) bool {
	return r.Header.Get(stamp.Answer) == nonce
}

func (known) Exclusive(site.Route) bool { return false }

func (known) Healthy(_ site.Route, o record.Observation) bool { return o.Healthy() }

func (known) SteadyState(site.Route) string { return policy.Service.String() }

func (known) Routes() []site.Route {
	return []site.Route{site.RouteMain, site.RouteBystander, site.RouteNamed, site.RouteSecure}
}

func (known) HasBystander() bool { return true }

func (known) WholePool(s site.State) bool { return s == site.Balanced }

func (s known) MemberNames() []string {
	names := []string{}
	for _, m := range s.b.Members() {
		names = append(names, m.Name)
	}
	return names
}

func (known) Servers(o record.Observation) []string { return []string{o.Header.Get(stamp.Origin)} }

func (known) MembersTried() int { return 2 }

func (known) Delayed(shortest time.Duration) time.Duration { return shortest / 2 }

func (known) AsksAll() bool { return false }

func (known) Question(r client.Request, _ string) client.Request { return r }

func (known) ToUpstream(netip.AddrPort) client.Way { return client.Way{} }

func (s known) BystanderWay(ctx context.Context) error {
	return s.b.StampedBy(ctx, s.b.Plan.Bystander)
}

// Sound proves, without the gateway, that every upstream of the catalogue's works.
func (s known) Sound(ctx context.Context) error {
	b := s.b
	for _, at := range []netip.AddrPort{b.Plan.Upstream, b.Plan.Member2, b.Plan.Bystander} {
		r, nonce := b.Direct(ctx, at, site.Patience)
		if r.Header.Get(stamp.Answer) != nonce || r.End != client.Complete {
			return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", at, r.Status, r.End, r.Error)
		}
	}
	if r, nonce := b.DirectHTTP2(
		ctx,
		site.Patience,
	); r.Header.Get(stamp.Answer) != nonce ||
		r.End != client.Complete {
		return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", b.Plan.HTTP2, r.Status, r.End, r.Error)
	}
	if err := b.Handshake(ctx, b.Plan.Secure); err != nil {
		return fmt.Errorf("upstream %s: %w", b.Plan.Secure, err)
	}
	if r, _ := b.Direct(ctx, b.Plan.AuthService, site.Patience); r.Status != http.StatusOK {
		return fmt.Errorf("auth service %s: got %d (%s %s), want a 200", b.Plan.AuthService, r.Status, r.End, r.Error)
	}
	return nil
}

func (s known) Scripted() (*upstream.Origin, error) { return s.b.Upstream.Origin, nil }

func (s known) Dialled() []netip.AddrPort {
	p := s.b.Plan
	return []netip.AddrPort{p.Upstream, p.Member2, p.Member3, p.Secure, p.HTTP2}
}

func (known) Sockets(f sockets.Family) []sockets.Socket { return site.SocketTable(f) }

func (s known) Links() []site.Dropper {
	links := []site.Dropper{s.b.Upstream.Link, s.b.Secure.Link, s.b.HTTP2}
	for _, m := range s.b.Members()[1:] {
		links = append(links, m.Link)
	}
	return links
}

func (s known) Relaunch(ctx context.Context) error { return s.Deploy(ctx, s.b.Vars) }

func (s known) Deploy(ctx context.Context, v gateway.Vars) error {
	s.b.Gateway.Stop()
	if err := s.launch(v); err != nil {
		return err
	}
	return s.b.Steady(ctx, site.RouteBystander)
}

func (s known) Public() (name string, at netip.AddrPort) { return site.GatewayHost, s.b.Plan.Gateway }
