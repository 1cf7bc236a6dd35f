package site

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/upstream"
)

// PrepareState brings the gateway into the state in which the fault strikes.
func (b *Bench) PrepareState(ctx context.Context, s State, r Route) error {
	if s == Pooled {
		return b.Pooled(ctx, r)
	}
	return b.DropPooled(ctx)
}

// EnterState brings a gateway into the state that it can be in only once the fault has struck.
func (b *Bench) EnterState(ctx context.Context, s State) error {
	if s != Cold {
		return nil
	}
	if err := b.Relaunch(ctx); err != nil {
		return fmt.Errorf("start the gateway under the fault: %w", err)
	}
	return nil
}

// DropPooled ends every connection between the gateway and its upstreams: a pooled one may hide a fault of the
// connection attempt.
func (b *Bench) DropPooled(ctx context.Context) error {
	links, err := As[Linker](b, "no link leads to its upstreams")
	if err != nil {
		return err
	}
	for _, l := range links.Links() {
		back, err := l.Detach(ctx)
		if err != nil {
			return fmt.Errorf("drop pooled connections: %w", err)
		}
		if err := back(ctx); err != nil {
			return fmt.Errorf("drop pooled connections: %w", err)
		}
	}
	if s, can := b.Kind.(Socketer); can {
		awaitIdleClose(ctx, s)
	}
	return nil
}

// Pooled makes the gateway hold an idle connection to the route's upstream in each of its pools, as far as these show
// (each worker may have one of its own): some client's request has come on one that another client's had opened. The
// error of a gateway with which that does not come about wraps errors.ErrUnsupported: it has no pool that a fault could
// strike.
func (b *Bench) Pooled(ctx context.Context, r Route) error {
	if b.Opaque() != "" {
		return Inapplicable("on which connection a request reached the upstream cannot be read on the link")
	}
	if b.Talk(Probe{Route: r}) == RouteWebSocket {
		return Inapplicable("a WebSocket keeps its connection to the upstream for itself: none comes back to a pool")
	}
	if why := b.unasked(); why != "" {
		return Inapplicable(why)
	}
	if err := b.DropPooled(ctx); err != nil {
		return err
	}
	var f filling
	for {
		o, hits, err := b.fill(ctx, r)
		if err != nil && f.served == 0 && o.By == record.ByGateway {
			// What went before may have left it unable to serve for a while.
			if err := b.Steady(ctx, r); err != nil {
				return err
			}
			o, hits, err = b.fill(ctx, r)
		}
		switch {
		case err != nil && o.By == record.ByGateway:
			return Inapplicable(fmt.Sprintf(
				"it serves, but not so many clients in a row that its pools are filled: one got %s, by a limit of its own", o))
		case err != nil:
			return err
		}
		f.met(fmt.Sprint(hits[0].Remote, hits[0].Connection), b.kept)
		switch full, why := f.ends(); {
		case full:
			return nil
		case why != "":
			return Inapplicable(why)
		}
	}
}

// fill sends a request by which a pool is filled.
func (b *Bench) fill(ctx context.Context, r Route) (record.Observation, []upstream.Hit, error) {
	o := b.Probe(ctx, Probe{Route: r, Within: Patience})
	hits := b.hitsOfTarget(ctx, o.Nonce, o.Began)
	if !b.Healthy(r, o) || len(hits) != 1 {
		return o, hits, fmt.Errorf("fill the gateway's pool: got %s after %d requests at the upstream, want a 200 after one",
			o, len(hits))
	}
	return o, hits, nil
}

// kept is how many connections the gateway has open to the upstreams that faults strike, where the system tells;
// elsewhere it is none.
func (b *Bench) kept() (n int) {
	s, can := b.Kind.(Socketer)
	if !can {
		return 0
	}
	family, dialled := familyOf(s)
	for _, one := range s.Sockets(family) {
		if one.State == sockets.Established && slices.Contains(dialled, one.Remote) {
			n++
		}
	}
	return n
}
