package survey

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
)

const (
	// reserveTries is how often a probe is sent while those that serve it are dead, where nothing is seen of checks.
	// Outlier detection gives a member up after five failures (Envoy's default).
	reserveTries = 8
	// deadTime is after how long no further round begins: HAProxy waits a second before each of three retries, and where
	// it checks nobody it does the same at each request. unseenTime is the same where the configuration speaks of checks
	// and none was seen: by its defaults HAProxy finds out in six seconds.
	deadTime, unseenTime = 2 * time.Second, 8 * time.Second
	// checksToDie is how many checks an upstream fails at most until it is taken out: three by HAProxy's and by Envoy's
	// examples, and one that may be under way. checkTime bounds the wait for them.
	checksToDie = 4
	checkTime   = 16 * time.Second
)

// findReserves lets those be dead that serve a probe, and sees who is asked then: all at once, which costs the wait for
// checks once; then half of the sets, and another half, as one may be in reserve for another.
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
	if patience == 0 && mentionsChecks.MatchString(s.words.code) {
		patience = unseenTime
	}
	err := s.withDead(ctx, wall, all, patience)
	for _, half := range halves(len(sets)) {
		dead := []upstreamKey{}
		for _, i := range half {
			dead = append(dead, sets[i]...)
		}
		if err == nil && ctx.Err() == nil {
			err = s.withDead(ctx, wall, dead, 0)
		}
	}
	return err
}

// halves are as few groups of the numbers below n as it takes for each number to be in a group without any given other:
// each is in another half of the groups than all others (Sperner's theorem). There are none for a single number.
func halves(n int) [][]int {
	groups := [][]int{}
	if n < 2 {
		return groups
	}
	for r := 2; ; r++ {
		groups = make([][]int, r)
		next := 0
		for of := uint(0); of < 1<<r && next < n; of++ {
			if bits.OnesCount(of) != r/2 {
				continue
			}
			for g := range groups {
				if of>>g&1 == 1 {
					groups[g] = append(groups[g], next)
				}
			}
			next++
		}
		if next == n {
			return slices.DeleteFunc(groups, func(g []int) bool { return len(g) == 0 })
		}
	}
}

// withDead refuses the upstreams, and sends each probe that none but these serve until another is asked, all at once:
// some gateways take seconds to give one up. Patience is how long that may take where a gateway goes by its checks.
func (s *survey) withDead(
	ctx context.Context, wall *firewall.Firewall, dead []upstreamKey, patience time.Duration,
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
	// A request that came before the gateway noticed may stay with who is dead: one comes after that.
	last := false
	for round := 1; len(pending) > 0 && ctx.Err() == nil && !last; round++ {
		noticed := time.Since(begin) >= patience
		if time.Sleep(pollInterval); round > reserveTries { // What one worker has noticed, others hear of later.
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
		last = noticed && (round >= reserveTries || time.Since(begin) >= deadTime)
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
	bare := map[upstreamKey]bool{}
	for _, c := range s.contactsOf(s.catchAll, whereTo) {
		if c.at.After(s.ready) {
			times[c.upstreamKey] = append(times[c.upstreamKey], c.at)
			bare[c.upstreamKey] = bare[c.upstreamKey] || c.what == bareConnection
		}
	}
	for _, c := range s.givenUp() { // No request does that.
		if c.at.After(s.ready) {
			times[c.upstreamKey] = append(times[c.upstreamKey], c.at)
		}
	}
	for u, all := range times {
		if bare[u] && (len(all) == 1 || allWithin(all, s.timesAsked(u))) {
			continue // Of one that a request may have caused nobody knows whether it comes again.
		}
		slices.SortFunc(all, time.Time.Compare)
		every := time.Since(s.begin) // At least, of one that was seen once.
		if len(all) > 1 {
			every = time.Duration(medianGap(all) * float64(time.Millisecond))
		}
		longest = max(longest, every)
	}
	return min(checksToDie*longest, checkTime)
}
