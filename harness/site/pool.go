package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// PrepareState brings the gateway into the state in which the fault strikes.
func (b *Bench) PrepareState(ctx context.Context, s State, r Route) error {
	if s == Pooled {
		_, err := b.Pooled(ctx, r)
		return err
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

// newcomers is how many clients are served before a gateway is said to keep no connection for the next. Two would do
// for one that always keeps it; but Go's transport, as an example, closes a connection whose writer does not get the
// processor within 50 ms (net/http, maxWriteWaitBeforeConnReuse), and each worker of a gateway may have a pool of its
// own.
const newcomers = 5

// Pooled makes the gateway hold an idle connection to the route's upstream, and returns its number there: two
// requests, each from a client of its own, have come on it. The error of a gateway that opened one for each of five
// clients wraps errors.ErrUnsupported: it has no pool that a fault could strike.
func (b *Bench) Pooled(ctx context.Context, r Route) (connection int, err error) {
	if b.Opaque() != "" {
		return 0, Inapplicable("on which connection a request reached the upstream cannot be read on the link")
	}
	if err := b.DropPooled(ctx); err != nil {
		return 0, err
	}
	used := []int{}
	for range newcomers {
		o := b.Probe(ctx, Probe{Route: r, Within: Patience})
		hits := b.Hits(o.Nonce)
		if !b.Healthy(r, o) || len(hits) != 1 {
			return 0, fmt.Errorf(
				"fill the gateway's pool: got %s after %d requests at the upstream, want a 200 after one",
				o,
				len(hits),
			)
		}
		connection = hits[0].Connection
		if slices.Contains(used, connection) {
			return connection, nil
		}
		used = append(used, connection)
	}
	return 0, fmt.Errorf(
		"the gateway sent the requests of %d clients on as many connections, and keeps none for the next client: %w",
		newcomers,
		errors.ErrUnsupported,
	)
}
