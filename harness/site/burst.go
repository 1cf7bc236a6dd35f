package site

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/record"
)

// Burst sends the probe from as many clients at a time as there are waits, each on a connection that was idle for so
// long. The answers come when the last is there, errors first.
func (b *Bench) Burst(ctx context.Context, p Probe, waits []time.Duration) (answers <-chan []record.Observation) {
	all, each := make(chan []record.Observation, 1), make([]record.Observation, len(waits))
	var clients sync.WaitGroup
	for i, wait := range waits {
		clients.Go(func() {
			p := p
			p.Idle = wait
			each[i] = b.Probe(ctx, p)
		})
	}
	go func() {
		clients.Wait()
		slices.SortStableFunc(each, func(a, b record.Observation) int { return b.Status - a.Status })
		all <- each
	}()
	return all
}
