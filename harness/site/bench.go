// Package site is where experiments happen: who lives where, how requests go through the gateway and past it, and
// what came of them. Kind is what differs between a known gateway, one of the user's own, and one that runs
// elsewhere, and capability.go what only some of them can do; the packages below are the three.
package site

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Bench is a world set up around one gateway: links, upstreams, names, firewall, and the gateway itself. Faults work
// on it; probes go through it.
type Bench struct {
	// Kind says what differs from one kind of gateway to another.
	Kind
	World *world.World
	Plan  Plan
	// Upstream, Bystander and Secure are what the gateway forwards to.
	Upstream, Bystander, Secure *Endpoint
	// Member2 is the other member of the balanced route's pool; Member3 is one more, and nil where there is none.
	Member2, Member3 *Endpoint
	// AuthService is the link in front of the service that the gateway asks about some requests.
	AuthService *link.Link
	// HTTP2 is the link in front of the upstream that speaks HTTP/2.
	HTTP2 *link.Link
	// Socket leads to Upstream's link from a Unix socket at Plan.Socket.
	Socket *upstream.Relay
	// Authority issued the certificate of Secure; the gateway knows it.
	Authority *upstream.Authority
	// DNS is the nameserver that the gateway asks.
	DNS *dns.Server
	// Firewall is the world's firewall; nil in portable mode.
	Firewall *firewall.Firewall
	// Target is the name of the upstream that faults strike, where the user's file or a survey gives it one.
	Target string
	// Definition and Setting say which gateway this is; Gateway is its process.
	Definition *gateway.Definition
	Setting    string
	Gateway    *gateway.Process

	Strain    *strain.Monitor // from the first step of the set-up on
	Way       client.Way      // of every client
	Reloads   bool
	Broken    bool // a fault holds at present
	Withholds time.Duration
	Vars      gateway.Vars
	closers   []func()

	mu        sync.Mutex // guards what follows: probes run side by side
	recorders []recorder
	nonces    int
}

// Endpoint is where the gateway dials an upstream: the link at that address, and the origin behind it.
type Endpoint struct {
	Link   *link.Link
	Origin *upstream.Origin
}

// Recorder is whatever notes the requests that reach an upstream.
type Recorder interface {
	HitsOf(nonce string) []upstream.Hit
}

// Setup says what to set up.
type Setup struct {
	Definition *gateway.Definition
	Setting    string
	// Protocol is what every client speaks.
	Protocol client.Protocol
	// Reloads says that the gateway is going to be reloaded; see Bench.Reload.
	Reloads bool
	// Prepare changes the plan before anything starts. Optional.
	Prepare func(*Plan)
}

// Opener sets up the bench of an experiment.
type Opener func(*world.World, Setup) (*Bench, error)

// CloseTimeout bounds the end of each part of a bench; the world ends what does not end by itself.
const CloseTimeout = 2 * time.Second

// New returns a bench in w with nothing on it but the plan.
func New(w *world.World, s Setup) (*Bench, error) {
	plan, err := planFor(w)
	if err != nil {
		return nil, err
	}
	if s.Prepare != nil {
		s.Prepare(&plan)
	}
	b := &Bench{
		World:      w,
		Plan:       plan,
		Definition: s.Definition,
		Setting:    s.Setting,
		Reloads:    s.Reloads,
		Way:        client.Way{Protocol: s.Protocol},
	}
	b.WatchMachine()
	return b, nil
}

// SetUp goes through the steps that set the bench up. When one fails, everything is closed.
func (b *Bench) SetUp(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			b.Close()
			return fmt.Errorf("set up bench: %w", err)
		}
	}
	return nil
}

// Close ends everything that the bench started, the gateway first.
func (b *Bench) Close() {
	for i := len(b.closers) - 1; i >= 0; i-- {
		b.closers[i]()
	}
	b.closers = nil
}

// WatchMachine measures from now on how late the machine lets the world run: all that is in a sealed one, else this
// process and what it started.
func (b *Bench) WatchMachine() {
	look := strain.World
	if !b.World.Sealed() {
		look = strain.Family
	}
	b.Strain = strain.Watch(look)
	b.AtClose(b.Strain.Close)
}

// AtClose has f called when the bench is closed, before what was there earlier.
func (b *Bench) AtClose(f func()) { b.closers = append(b.closers, f) }

// Workers is how many requests the upstream handles at once: few, so that a small crowd keeps all of them busy.
const Workers = 4

// NewEndpoint starts an origin, and a link at the address that leads to it. Both end with the bench.
func (b *Bench) NewEndpoint(at netip.AddrPort, o upstream.Options) (*Endpoint, error) {
	origin, err := upstream.Start("127.0.0.1:0", o)
	if err != nil {
		return nil, err
	}
	b.AtClose(func() { _ = origin.Close() })
	b.Record(origin)
	l, err := b.NewLink(at, origin.Addr())
	return &Endpoint{Link: l, Origin: origin}, err
}

// NewLink starts a link from one address to another. It ends with the bench.
func (b *Bench) NewLink(at netip.AddrPort, to string) (*link.Link, error) {
	l, err := link.New(at.String(), to)
	if err != nil {
		return nil, err
	}
	b.AtClose(func() {
		ctx, cancel := context.WithTimeout(context.Background(), CloseTimeout)
		defer cancel()
		_ = l.Close(ctx)
	})
	return l, nil
}

// SecureName is the name that the certificate of Secure must be for.
func (b *Bench) SecureName() string {
	return b.Plan.SecureNames[0]
}
