package site

import (
	"context"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/strain"
)

// How often it is looked for the steady state.
const (
	shortestPoll = time.Millisecond
	LongestPoll  = 200 * time.Millisecond
	// pollShare is the share of the time waited so far that is waited before the next attempt: the state is seen an
	// eighth too late at most.
	pollShare = 8
)

// grace is the time in which a steady state has to come: fifteen seconds, and as long again as the machine was late
// meanwhile, for which the gateway can do nothing. At its end nothing is concluded but that it did not come.
type grace struct {
	bench *Bench
	begin time.Time
	span  strain.Span
}

// Grace is the time, from now on, in which a steady state has to come.
func (b *Bench) Grace() grace { return grace{b, time.Now(), b.Strain.Begin()} }

// Left is how long is left of it; not above zero when it is over.
func (g grace) Left() time.Duration {
	return min(record.SteadyTimeout+g.bench.Strain.Late(g.span), record.SteadyMost) - time.Since(g.begin)
}

// Steady waits until each route answers 200, stamped by its upstream. It fails at once when the gateway's process has
// ended, and when the state does not come in fifteen seconds, or up to a minute on a machine that is late. Every
// attempt is a new connection.
func (b *Bench) Steady(ctx context.Context, routes ...Route) error {
	g := b.Grace()
	for _, r := range routes {
		if r == RouteBystander && !b.HasBystander() {
			continue
		}
		if err := b.await(
			ctx,
			g,
			r,
			b.SteadyState(r),
			func(o record.Observation) bool { return b.Healthy(r, o) },
		); err != nil {
			return err
		}
	}
	return nil
}

// await asks for the route until an answer is what is wanted, or the grace is over.
func (b *Bench) await(ctx context.Context, g grace, r Route, want string, is func(record.Observation) bool) error {
	last := record.Observation{}
	for begin := time.Now(); ; {
		if how := b.Gateway.Dead(); how != "" {
			return fmt.Errorf("wait for steady state: the gateway ended (%s)", how)
		}
		attempt, cancel := context.WithTimeout(ctx, g.Left())
		o := b.Probe(attempt, Probe{Route: r, Within: Patience})
		last = UnlessCutShort(attempt, o, last)
		cancel()
		if is(o) {
			return nil
		}
		if ctx.Err() != nil || g.Left() <= 0 {
			return fmt.Errorf("wait for steady state: %s: got %s, want %s", last.Probe, last, want)
		}
		select {
		case <-ctx.Done():
		case <-b.Gateway.Exited():
		case <-time.After(min(max(time.Since(begin)/pollShare, shortestPoll), LongestPoll)):
		}
	}
}

// UnlessCutShort is the observation, or the one before when ctx ended meanwhile: what was cut short says nothing of
// the gateway.
func UnlessCutShort(ctx context.Context, o, before record.Observation) record.Observation {
	if ctx.Err() != nil && before.Probe != "" {
		return before
	}
	return o
}

// EachServes waits until every member of the pool has served a client.
func (b *Bench) EachServes(ctx context.Context) error {
	pool, err := b.Pool()
	if t, taps := b.Kind.(Tapper); taps && err == nil {
		err = t.MembersVisible()
	}
	if err != nil {
		return err
	}
	missing := map[string]bool{}
	for _, name := range pool.MemberNames() {
		missing[name] = true
	}
	return b.await(
		ctx,
		b.Grace(),
		RouteBalanced,
		fmt.Sprintf("a 200 by each of %d members in its turn", len(missing)),
		func(o record.Observation) bool {
			if b.Healthy(RouteBalanced, o) {
				for _, name := range pool.Servers(o) {
					delete(missing, name)
				}
			}
			return len(missing) == 0
		},
	)
}
