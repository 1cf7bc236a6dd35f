package faults

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatequake/gatequake/harness"
)

// pooled makes the gateway hold exactly one idle connection to the healthy upstream and returns its number: two requests, each from a client of its own, have
// come to the upstream on it. The error of a gateway that opened one for each wraps errors.ErrUnsupported: it has no pool that a fault could strike.
func pooled(ctx context.Context, b *harness.Bench) (connection int, err error) {
	back, err := b.Upstream.Link.StepAside(ctx)
	if err != nil {
		return 0, fmt.Errorf("empty the gateway's pool: %w", err)
	}
	if err := back(ctx); err != nil {
		return 0, fmt.Errorf("empty the gateway's pool: %w", err)
	}
	used := [2]int{}
	for i := range used {
		o := b.Get(ctx)
		hits := b.Upstream.Origin.HitsOf(o.Nonce)
		if !o.Healthy() || len(hits) != 1 {
			return 0, fmt.Errorf("fill the gateway's pool: got %s after %d requests at the upstream, want a 200 after one", o, len(hits))
		}
		used[i] = hits[0].Connection
	}
	if used[0] != used[1] {
		return 0, fmt.Errorf("the gateway sent two requests of two clients on two connections, and keeps none for the next client: %w", errors.ErrUnsupported)
	}
	return used[0], nil
}
