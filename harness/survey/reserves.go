package survey

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

const (
	// reserveTries is how often a probe is sent while those that serve it are dead, where nothing is seen of checks.
	// Outlier detection gives a member up after five failures (Envoy's default).
	reserveTries = 8
	// deadTime bounds that: HAProxy waits a second before each of three retries, and its checks, of which nothing is seen
	// that only connect, find out in six seconds.
	// shortDeadTime does for one set after another, where those that only connect would have been seen before.
	deadTime, shortDeadTime = 8 * time.Second, 3 * time.Second
	// checksToDie is how many checks an upstream fails at most until it is taken out: three by HAProxy's and by Envoy's
	// examples, and one that may be under way. checkTime bounds the wait for them.
	checksToDie = 4
	checkTime   = 16 * time.Second
)

// findReserves lets those be dead that serve a probe, and sees who is asked then: all at once, which costs the wait for
// checks once; then one set after another, as one may be in reserve for another.
func (s *survey) findReserves(ctx context.Context, wall *firewall.Firewall) error {
	all, sets := []upstreamKey{}, [][]upstreamKey{}
	for i := range s.kept {
		set := s.kept[i].serving()
		if len(set) > 0 && !slices.ContainsFunc(sets, func(known []upstreamKey) bool { return slices.Equal(known, set) }) {
			sets = append(sets, set)
		}
		for _, u := range set {
			if !slices.Contains(all, u) {
				all = append(all, u)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	patience := s.untilNoticed()
	err := s.withDead(ctx, wall, all, patience, deadTime)
	for i := 0; i < len(sets) && len(sets) > 1 && err == nil && ctx.Err() == nil; i++ {
		err = s.withDead(ctx, wall, sets[i], 0, shortDeadTime)
	}
	return err
}

// withDead refuses the upstreams, and sends each probe that none but these serve until another is asked, all at once:
// some gateways take seconds to give one up. Patience is how long that may take where a gateway goes by its checks,
// and most bounds it elsewhere.
func (s *survey) withDead(
	ctx context.Context, wall *firewall.Firewall, dead []upstreamKey, patience, most time.Duration,
) error {
	for _, u := range dead {
		undo, err := s.refuse(wall, u)
		if err != nil {
			return fmt.Errorf("look for upstreams in reserve: %w", err)
		}
		defer undo()
	}
	pending := []*candidateProbe{}
	for i := range s.kept {
		set := s.kept[i].serving()
		if len(set) > 0 && !slices.ContainsFunc(set, func(u upstreamKey) bool { return !slices.Contains(dead, u) }) {
			pending = append(pending, &s.kept[i])
		}
	}
	begin := time.Now()
	for round := 0; len(pending) > 0 && ctx.Err() == nil && time.Since(begin) < max(patience, most) &&
		(round < reserveTries || time.Since(begin) < patience); round++ {
		if time.Sleep(pollInterval); round >= reserveTries { // What one worker has noticed, others hear of later.
			time.Sleep(10 * pollInterval)
		}
		found, asking := make([]bool, len(pending)), sync.WaitGroup{}
		for i, k := range pending {
			asking.Go(func() { found[i] = s.askDead(ctx, k) })
		}
		asking.Wait()
		still := []*candidateProbe{}
		for i, k := range pending {
			if !found[i] {
				still = append(still, k)
			}
		}
		pending = still
	}
	return nil
}

// askDead sends the probe whose upstreams are dead, and reports whether another was asked.
func (s *survey) askDead(ctx context.Context, k *candidateProbe) bool {
	t, fresh := s.send(ctx, k.listener, k.question), false
	for _, u := range t.asked {
		if slices.Contains(k.asked, u) {
			continue
		}
		fresh, k.asked = true, append(k.asked, u)
		switch {
		case !t.gave(u): // It may have been asked for a copy, or for leave.
			k.role(u, gateway.Copies)
		case t.status == k.status:
			k.role(u, gateway.InReserve)
		default:
			k.role(u, gateway.ErrorPage)
		}
	}
	return fresh
}

// untilNoticed is how long the gateway takes, by the checks that were seen, to notice that an upstream is dead; 0 where
// none were.
func (s *survey) untilNoticed() time.Duration {
	longest := time.Duration(0)
	times := map[upstreamKey][]time.Time{}
	for _, c := range s.contactsOf(s.catchAll, func(h upstream.ConnInfo) upstreamKey { return upstreamKey{at: h.To} }) {
		if c.at.After(s.ready) {
			times[c.upstreamKey] = append(times[c.upstreamKey], c.at)
		}
	}
	for _, all := range times {
		slices.SortFunc(all, time.Time.Compare)
		every := time.Since(s.begin) // At least, of one that was seen once.
		if len(all) > 1 {
			every = time.Duration(medianGap(all) * float64(time.Millisecond))
		}
		longest = max(longest, every)
	}
	return min(checksToDie*longest, checkTime)
}
