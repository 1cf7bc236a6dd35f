// Package loadtest sends a load through a gateway, and counts what its clients saw. Clients set out at a constant rate,
// whatever becomes of those before them: an open loop, as the clients of the internet are one.
//
//	rate ──vegeta──> due, due, due ... ──> one request each, on a connection of its own
package loadtest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// Load is a stream of clients that set out at a constant rate, whatever becomes of those before them.
type Load struct {
	// Name says which load it is, to people. Optional.
	Name string
	// Probe is what each sends, once, on a connection of its own. It waits for ten seconds if Within is zero.
	Probe site.Probe
	// Rate is how many set out in a second; For how long. What During is given needs no end.
	Rate int
	For  time.Duration
	// Meter, if not nil, counts what each sees when it has seen it.
	Meter *Meter
}

// Send sends the load through the gateway, and returns when the last client has its answer, or has given up. Nothing
// is sent twice by the harness.
func Send(ctx context.Context, b *site.Bench, l Load) (Traffic, error) {
	return send(ctx, ctx, b, l, int(math.Round(l.For.Seconds()*float64(l.Rate))))
}

// During sends the load while do is at work, and returns when the last client that set out meanwhile has its answer.
// There is no traffic to speak of when do fails.
func During(ctx context.Context, b *site.Bench, l Load, do func() error) (Traffic, error) {
	more, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		defer stop()
		failed <- do()
	}()
	t, err := send(ctx, more, b, l, math.MaxInt32)
	if err := cmp.Or(<-failed, err); err != nil {
		return Traffic{}, err
	}
	return t, nil
}

// send sends up to most requests, the last before more ends.
func send(ctx, more context.Context, b *site.Bench, l Load, most int) (Traffic, error) {
	var mu sync.Mutex
	all := []sample{}
	l.Probe.Within = cmp.Or(l.Probe.Within, site.Patience)
	err := openLoop(more, l.Rate, most, func(due time.Time) {
		l.Meter.started(l.Probe.Route)
		m := sample{due, quickProbe(ctx, b, l.Probe)}
		l.Meter.observe(l.Probe.Route, m)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, m)
	})
	if err != nil {
		return Traffic{}, err
	}
	if len(all) == 0 {
		return Traffic{}, fmt.Errorf("send load: got no client that set out before the end, want at least one")
	}
	for i := range all {
		all[i].Hits = b.HitsOf(all[i].Nonce)
	}
	return newTraffic(l, all), nil
}

// quickProbe sends one request as site.Bench.Probe does, and observes nothing but its answer.
func quickProbe(ctx context.Context, b *site.Bench, p site.Probe) record.Observation {
	ctx, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	r, source, o := b.Begin(p)
	way, listener := b.WayOf(p, source)
	o.Began = time.Now()
	site.Fill(&o, way.Once(ctx, listener, source, r))
	return o
}
