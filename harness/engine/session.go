package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// A gateway's log is at rest when nothing came for quiet, five times the interval at which Envoy, the slowest, is
// told to write; logged bounds the wait for one that never is, or that says nothing.
const (
	logQuiet  = 50 * time.Millisecond
	logSettle = time.Second
)

// readLog lets another visitor see the failure, so that no line is there by chance, and keeps what the gateway has
// logged since the mark.
func (t *run) readLog(ctx context.Context, mark gateway.Mark) error {
	v, err := t.firstVisit(ctx)
	if err != nil {
		return err
	}
	v.Disconnect()
	t.instruments().SettleLog(ctx)
	ctx, cancel := context.WithTimeout(ctx, logSettle)
	defer cancel()
	for before := -1; ; before = len(t.read) {
		if t.read = t.site.Process().Since(mark); len(t.read) > 0 && len(t.read) == before {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // It logs nothing of it.
		case <-time.After(logQuiet):
		}
	}
}

// holds proves that the world is still broken, so that nothing helped by being late. A block is the gateway's own,
// and needs no proof.
func (t *run) holds(ctx context.Context) error {
	if t.experiment.Fault == nil {
		return nil
	}
	return t.confirm(ctx)
}

// firstVisit returns a visitor who sees the failure, with whatever method does; one who is served if nobody sees it.
func (t *run) firstVisit(ctx context.Context) (v *site.Session, err error) {
	clients, err := t.clients()
	if err != nil {
		return nil, err
	}
	if b := t.experiment.Block; b != nil {
		v = clients.NewSession(site.Probe{Ask: b.Refused[0], Method: b.Refused[0].Methods()[0], Within: t.within})
		v.FirstVisit(ctx, 0)
		return v, nil
	}
	f, methods := t.experiment.Fault, t.site.MethodsOf(t.experiment.Fault.Route)
	if t.injection.Rearm == nil {
		// What is not used up meets all alike; a second method may meet what the first has left in the gateway's pool.
		methods = methods[:1]
	}
	for _, method := range methods {
		if err := t.rearm(ctx); err != nil {
			return nil, err
		}
		p := site.Probe{Route: f.Route, Method: method, Within: t.within}
		if v = t.firstVisitOf(ctx, clients, p, t.load()); t.fails(v.Initial) {
			break
		}
		v.Disconnect()
	}
	return v, nil
}

// firstVisitOf returns the first of a load's visitors who sees the failure; without a load there is one.
func (t *run) firstVisitOf(
	ctx context.Context, clients Clients, p site.Probe, load []time.Duration,
) *site.Session {
	all := make([]*site.Session, max(len(load), 1))
	var asking sync.WaitGroup
	for i := range all {
		wait := time.Duration(0)
		if len(load) > 0 {
			wait = load[i]
		}
		all[i] = clients.NewSession(p)
		asking.Go(func() { all[i].FirstVisit(ctx, wait) })
	}
	asking.Wait()
	first := max(slices.IndexFunc(all, func(v *site.Session) bool { return t.fails(v.Initial) }), 0)
	for i, v := range all {
		if i != first {
			v.Disconnect()
		}
	}
	return all[first]
}

// fails reports whether o is anything but service.
func (t *run) fails(o record.Observation) bool {
	if b := t.experiment.Block; b != nil {
		return !b.Served().Accepts(o.Status) || o.By != b.Served().By || !o.Answered()
	}
	return !t.site.Healthy(t.experiment.Fault.Route, o)
}

// saw notes what a visitor saw, after what it did.
func (t *run) saw(o record.Observation, after string) *record.Observation {
	if after != "" {
		o.Probe += ", after " + after
	}
	t.record.Observations = append(t.record.Observations, o)
	return &o
}
