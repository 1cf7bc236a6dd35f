package alerts

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/promql"

	"github.com/gatequake/gatequake/harness/loadtest"
)

// Speed is how much faster time passes for the rules than for the load: a scrape every 15 seconds, as is usual, is
// one every 100 milliseconds. What rules compare are shares and multiples, which do not change with it.
const Speed = 150

// scrapeEvery is how often the metrics are scraped, in the rules' time.
const scrapeEvery = 15 * time.Second

// Watch scrapes a meter and evaluates alert rules, as a Prometheus would beside it. It is safe for concurrent use.
type Watch struct {
	meter   *loadtest.Meter
	rules   []rule
	engine  *promql.Engine
	samples *samples

	mu    sync.Mutex // guards what follows
	since map[string]time.Time
	fired []string
	err   error
}

// Start watches the meter by the rules in the file until stop, which returns what went wrong.
func Start(m *loadtest.Meter, file string) (w *Watch, stop func() error, err error) {
	w = &Watch{meter: m, samples: newSamples(), since: map[string]time.Time{}}
	if w.rules, err = read(file); err != nil {
		return nil, nil, err
	}
	// Bounds that no experiment comes near; the look back is Prometheus' own.
	w.engine = promql.NewEngine(
		promql.EngineOpts{MaxSamples: 1_000_000, Timeout: 10 * time.Second, LookbackDelta: 5 * time.Minute},
	)
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { w.run(ctx) })
	return w, func() error {
		cancel()
		work.Wait()
		return w.err
	}, nil
}

// Fired lists the alerts that have fired so far, in their order; Firing those that are firing now.
func (w *Watch) Fired() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.fired)
}

// Active lists the alerts whose expression finds something now, whether they fire yet or not.
func (w *Watch) Active() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := []string{}
	for name := range w.since {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (w *Watch) run(ctx context.Context) {
	began := time.Now()
	each := time.NewTicker(scrapeEvery / Speed)
	defer each.Stop()
	for ctx.Err() == nil {
		at := time.Unix(0, 0).Add(time.Since(began) * Speed)
		err := w.scrape(at)
		if err == nil {
			err = w.evaluate(context.WithoutCancel(ctx), at)
		}
		if err != nil {
			w.mu.Lock()
			w.err = err
			w.mu.Unlock()
			return
		}
		select {
		case <-ctx.Done():
		case <-each.C:
		}
	}
}

// scrape takes in what the meter exposes, in the form in which Prometheus gets it.
func (w *Watch) scrape(at time.Time) error {
	families, err := w.meter.Gather()
	if err != nil {
		return err
	}
	var page bytes.Buffer
	e := expfmt.NewEncoder(&page, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := e.Encode(f); err != nil {
			return fmt.Errorf("scrape: %w", err)
		}
	}
	return w.samples.take(page.Bytes(), at)
}
