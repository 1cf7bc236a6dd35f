package harness

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/upstream"
)

// State is what the gateway has been through when a fault strikes. The same fault may be answered in another way in another state.
type State string

// The states.
const (
	// Warm is the state of every experiment that does not say otherwise: the gateway has served the route, and has no connection to the upstream open.
	Warm State = ""
	// Cold: the gateway is started while the fault is on, and has never seen the upstream healthy.
	Cold State = "cold"
	// Pooled: the gateway keeps a connection to the upstream open, over which it has served two clients already.
	Pooled State = "pooled"
)

// About completes a title.
func (s State) About() string {
	switch s {
	case Cold:
		return ", and the gateway is started only then"
	case Pooled:
		return ", and the gateway has a pooled connection to it"
	}
	return ""
}

// before brings the gateway into the state in which the fault strikes.
func (b *Bench) before(ctx context.Context, s State, r Route) error {
	if s == Pooled {
		return b.pooled(ctx, r)
	}
	return b.dropPooled(ctx)
}

// struck brings a gateway into the state that it can be in only once the fault has struck.
func (b *Bench) struck(ctx context.Context, s State) error {
	if s != Cold {
		return nil
	}
	if err := b.relaunch(ctx, b.vars); err != nil {
		return fmt.Errorf("start the gateway under the fault: %w", err)
	}
	return nil
}

// dropPooled ends every connection between the gateway and its upstreams: a pooled one may hide a fault of the connection attempt.
func (b *Bench) dropPooled(ctx context.Context) error {
	for _, l := range []*link.Link{b.Upstream.Link, b.Secure.Link, b.HTTP2} {
		back, err := l.StepAside(ctx)
		if err != nil {
			return fmt.Errorf("drop pooled connections: %w", err)
		}
		if err := back(ctx); err != nil {
			return fmt.Errorf("drop pooled connections: %w", err)
		}
	}
	awaitLetGo(ctx, b.Plan.Upstream, b.Plan.Secure, b.Plan.HTTP2)
	return nil
}

// pooled proves that the gateway reuses a connection to the upstream: two clients after each other are served over one.
func (b *Bench) pooled(ctx context.Context, r Route) error {
	hits := []upstream.Hit{}
	for range 2 {
		o := b.Probe(ctx, Probe{Route: r, Within: patience})
		hits = append(hits, b.hits(o.Nonce)...)
		if !o.Healthy() {
			return fmt.Errorf("fill the pool: got %s, want %s", o, service)
		}
	}
	if len(hits) != 2 || hits[0].Connection != hits[1].Connection {
		return fmt.Errorf("it keeps no connection to the upstream that another client's request would use: %w", errors.ErrUnsupported)
	}
	return nil
}
