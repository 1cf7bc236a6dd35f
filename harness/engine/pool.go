package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// Bounds of the requests to a pool, for one method. Where a member is picked by chance, sixteen requests miss it once
// in 65,536 times; twice as many show the share of those that are hurt by one that is never avoided. No request
// begins later than poolTime, which bounds gateways that wait long.
const (
	poolSure = 16
	poolMost = 32
	poolTime = 5 * time.Second
)

// probePool sends, for each method, requests to a pool of which one member is broken. Between the methods the member
// is well again, so that each finds the gateway as it was.
func (t *run) probePool(ctx context.Context) error {
	f := t.experiment.Fault
	pool, err := t.pool()
	if err != nil {
		return err
	}
	// Each member is waited for once; and no client of a gateway of the user's own waits longer than he does.
	t.within = time.Duration(pool.MembersTried())*t.limit(f.Phase) + record.Slack
	for i, method := range t.site.MethodsOf(f.Route) {
		if i > 0 {
			if err := t.reinject(ctx, pool); err != nil {
				return err
			}
		}
		blocked := t.besideBlocked(ctx, method)
		if err := t.probeMembers(ctx, pool, method); err != nil {
			return err
		}
		blocked()
		if err := t.seeBystander(ctx, t.askBystander(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// probeMembers sends requests with the method until the broken member is avoided, or is not going to be, and notes what
// came of them.
func (t *run) probeMembers(ctx context.Context, pool Pool, method string) error {
	share, met, begin := record.PoolSample{Method: method}, []record.Observation{}, time.Now()
	for calm := 0; calm < poolSure && len(met) < poolMost && time.Since(begin) < poolTime; calm++ {
		if err := t.rearm(ctx); err != nil {
			return err
		}
		o := t.site.Probe(ctx, site.Probe{Route: site.RouteBalanced, Method: method, Within: t.within})
		met = append(met, o)
		if t.killed(o) {
			break
		}
		if share.Add(t.site.Healthy(site.RouteBalanced, o), o.Duration() >= pool.Delayed(t.shortest())) {
			calm = -1
		}
	}
	if share.Requests-share.EjectedAfter < poolSure {
		share.EjectedAfter = -1
	}
	t.record.Pool = append(t.record.Pool, share)
	// The worst first, whichever member had its turn first.
	slices.SortStableFunc(met, func(a, b record.Observation) int { return b.Status - a.Status })
	for _, o := range met {
		t.note(o, record.Probed)
	}
	return nil
}

// reinject takes the fault back, waits until each member serves, and injects it anew.
func (t *run) reinject(ctx context.Context, pool Pool) error {
	if err := t.injection.Undo(ctx); err != nil {
		return fmt.Errorf("undo %s: %w", t.experiment.Fault.ID, err)
	}
	if err := pool.EachServes(ctx); err != nil {
		return err
	}
	return t.inject(ctx)
}
