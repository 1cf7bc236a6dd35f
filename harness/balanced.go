package harness

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Share is what clients met while one of the two members of a pool was broken: as many as it took to be sure, one after another, each on a connection of its own.
type Share struct {
	// Method is what all of them sent.
	Method string `json:"method"`
	// Requests is how many there were; Failed how many of them were not served, Delayed how many were, but only after at least half of the shortest of the
	// gateway's time limits (a second, where they are not known): it had waited for the broken member first.
	Requests int `json:"requests"`
	Failed   int `json:"failed"`
	Delayed  int `json:"delayed"`
	// AvoidedAfter is how many requests it took until none failed or was delayed any more; negative when that did not come.
	AvoidedAfter int `json:"avoided_after"`
}

// Bounds of the requests to a pool, for one method. Where a member is picked by chance, sixteen requests miss it once in 65,536 times; twice as many show the share
// of those that are hurt by one that is never avoided. No request begins later than poolTime, which bounds gateways that wait long.
const (
	poolSure = 16
	poolMost = 32
	poolTime = 5 * time.Second
)

// probePool sends, for each method, requests to a pool of which one member is broken. Between the methods the member is well again, so that each finds the
// gateway as it was.
func (t *trial) probePool(ctx context.Context) error {
	f := t.experiment.Fault
	// Each member is waited for once; and no client of a gateway of the user's own waits longer than he does.
	t.within = 2*t.limit(f.Phase) + Slack
	if t.bench.ours != nil {
		t.within = t.limit(f.Phase) + Slack
	}
	for i, method := range t.bench.methodsOf(f.Route) {
		if i > 0 {
			if err := t.strikeAgain(ctx); err != nil {
				return err
			}
		}
		blocked := t.besideBlocked(ctx, method)
		if err := t.meetPool(ctx, method); err != nil {
			return err
		}
		blocked()
		if err := t.seeBystander(ctx, t.askBystander(ctx), nil); err != nil {
			return err
		}
	}
	return nil
}

// meetPool sends requests with the method until the broken member is avoided, or is not going to be, and notes what came of them.
func (t *trial) meetPool(ctx context.Context, method string) error {
	share, met, begin := Share{Method: method}, []Observation{}, time.Now()
	for calm := 0; calm < poolSure && len(met) < poolMost && time.Since(begin) < poolTime; calm++ {
		if err := t.rearm(ctx); err != nil {
			return err
		}
		o := t.bench.Probe(ctx, Probe{Route: RouteBalanced, Method: method, Within: t.within})
		met = append(met, o)
		if t.died(o) {
			break
		}
		if share.add(t.bench.healthy(RouteBalanced, o), o.took() >= t.delay()) {
			calm = -1
		}
	}
	if share.Requests-share.AvoidedAfter < poolSure {
		share.AvoidedAfter = -1
	}
	t.verdict.Pool = append(t.verdict.Pool, share)
	// The worst first, whichever member had its turn first.
	slices.SortStableFunc(met, func(a, b Observation) int { return b.Status - a.Status })
	for _, o := range met {
		t.note(o)
	}
	return nil
}

// delay is from when on an answer was delayed: half of the shortest of the gateway's time limits, or where those are not known a second, which people notice.
func (t *trial) delay() time.Duration {
	if t.bench.ours != nil {
		return min(time.Second, t.shortest()/2)
	}
	return t.shortest() / 2
}

// add counts an answer, and reports whether the broken member was felt in it.
func (s *Share) add(healthy, late bool) bool {
	s.Requests++
	switch {
	case !healthy:
		s.Failed++
	case late:
		s.Delayed++
	default:
		return false
	}
	s.AvoidedAfter = s.Requests
	return true
}

// strikeAgain takes the fault back, waits until each member serves, and injects it anew.
func (t *trial) strikeAgain(ctx context.Context) error {
	if err := t.injection.Undo(ctx); err != nil {
		return fmt.Errorf("undo %s: %w", t.experiment.Fault.ID, err)
	}
	if err := t.bench.eachServes(ctx); err != nil {
		return err
	}
	_, err := t.inject(ctx)
	return err
}

// eachServes waits until every member of the pool has served a client.
func (b *Bench) eachServes(ctx context.Context) error {
	if b.there != nil && !b.discerns() {
		return inapplicable("which member of the pool serves a client cannot be read on the links")
	}
	missing := map[string]bool{}
	for _, name := range b.memberNames() {
		missing[name] = true
	}
	return b.await(ctx, b.grace(), RouteBalanced, fmt.Sprintf("a 200 by each of %d members in its turn", len(missing)), func(o Observation) bool {
		if b.healthy(RouteBalanced, o) {
			for _, name := range b.servers(o) {
				delete(missing, name)
			}
		}
		return len(missing) == 0
	})
}
