// Package remote is the site of a gateway that runs elsewhere, with the harness's links before its upstreams.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"syscall"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/site/own"
	"github.com/gatequake/gatequake/harness/world"
)

// Gateway is a gateway that runs already, with our links between it and its upstreams, none of which is ours to
// start, to stop, or to read the log of. Nor do the upstreams stamp their answers: who wrote one is told by what
// passed the links meanwhile, and by what the answer is like while nothing is broken.
//
//	client (us) ──> gateway (theirs) ──> Link ──> Tap ──> upstream (theirs)
//
// The links stand from Connect to Close, and between experiments everything passes through them.
type Gateway struct {
	own       *gateway.Own
	links     []*tappedLink
	baselines map[string]baseline // of the probes, by name

	mu     sync.Mutex // guards what follows
	nonces int
}

// tappedLink is a link with its two ends.
type tappedLink struct {
	gateway.Link
	link *link.Link
	tap  *link.Tap
	// opaque is true when requests cannot be read on it: TLS, HTTP/2, or a gateway that does not pass our header on.
	opaque bool
	// asked is what the gateway asked the upstream for, by the name of the probe, if that could be read; own dials
	// ask for the same.
	asked map[string]question
}

// question is a request, and the version of HTTP that it is made in.
type question struct {
	client.Request
	speaks client.Protocol
}

// Connect puts the links into their places. Its error is about a link that could not be, and begins with where the
// user wrote it.
func Connect(o *gateway.Own) (*Gateway, error) {
	e := &Gateway{own: o, baselines: map[string]baseline{}}
	for _, l := range o.Elsewhere.Links {
		s := &tappedLink{Link: l, asked: map[string]question{}}
		err := s.open()
		if err == nil {
			e.links = append(e.links, s)
			continue
		}
		e.Close()
		what := err.Error()
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			what = "somebody listens there already, another Toxiproxy perhaps; want it free, and what is there stopped"
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			what = "this machine has no such address; want one of its own"
		case errors.Is(err, syscall.EACCES):
			what = "this user may not listen at that port; want one from 1024 on, or root"
		}
		return nil, fmt.Errorf("%s: %s: listen at %s: %s", l.From, l.Name, l.Listen, what)
	}
	return e, nil
}

func (s *tappedLink) open() (err error) {
	if s.tap, err = link.NewTap(s.Upstream); err != nil {
		return err
	}
	if s.link, err = link.New(s.Listen.String(), s.tap.Addr()); err != nil {
		_ = s.tap.Close()
	}
	return err
}

// Close takes the links away: from then on the gateway finds nobody at their addresses.
func (e *Gateway) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), site.CloseTimeout)
	defer cancel()
	for _, s := range e.links {
		_ = s.link.Close(ctx)
		_ = s.tap.Close()
	}
}

// Open is the bench for the setting of an experiment.
func (e *Gateway) Open(w *world.World, s site.Setup) (*site.Bench, error) {
	t, err := e.own.Target(s.Setting)
	if err != nil {
		return nil, err
	}
	b := e.bench(t)
	b.World, b.Definition, b.Setting = w, s.Definition, s.Setting
	b.WatchMachine()
	return b, nil
}

// bench is one for the target, if there is one, on the links as they stand.
func (e *Gateway) bench(t gateway.Target) *site.Bench { return e.site(t).B }

// site is the one for the target, with its bench.
func (e *Gateway) site(t gateway.Target) *Site {
	b := &site.Bench{}
	at := &Site{
		running:   e,
		Described: &own.Described{B: b, Own: e.own, Target: t, BystanderProbe: e.own.Bystander(t)},
	}
	b.Kind = at
	b.Plan.Gateway = e.own.Elsewhere.Door
	b.Plan.Clients = map[site.Client]netip.Addr{}
	b.Plan.UpstreamTLS = t.Upstream.TLS
	b.Target = t.Upstream.Name
	for _, s := range e.links {
		b.RecordAs(s.Name, s)
		if s.Name == t.Upstream.Name {
			b.Plan.Upstream, b.Upstream = s.Listen, &site.Endpoint{Link: s.link}
		}
	}
	return at
}

// nonce is one that no other request has that passed the links.
func (e *Gateway) nonce() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.nonces++
	return fmt.Sprintf("probe-%d", e.nonces)
}

// tapped returns the one of the link with the name.
func (e *Gateway) tapped(name string) *tappedLink {
	return e.links[slices.IndexFunc(e.links, func(s *tappedLink) bool { return s.Name == name })]
}
