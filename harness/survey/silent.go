package survey

import (
	"context"
	"slices"
	"time"
)

// behalfTries is how often a probe must be followed by a request without its nonce until that counts as made on its
// behalf. A check that comes by chance within a few milliseconds does so once.
const behalfTries = 4

// findSilent finds the upstreams that are asked on behalf of each probe by requests that do not carry its nonce: a
// gateway may ask whether a client may have his answer with few of the client's own fields (Envoy's ext_authz). Each of
// some probes is followed by one, and the time between them by none.
func (s *survey) findSilent(ctx context.Context) {
	if len(s.unmarked(time.Time{}, time.Now())) == 0 {
		return
	}
	for i := range s.kept {
		k := &s.kept[i]
		behalf, chance := []upstreamKey(nil), []upstreamKey{}
		for try := range behalfTries {
			begun := time.Now()
			s.send(ctx, k.listener, k.question)
			done := time.Now()
			time.Sleep(max(done.Sub(begun), pollInterval))
			heard := s.unmarked(begun, done)
			if chance = append(chance, s.unmarked(done, time.Now())...); try == 0 {
				behalf = heard
			}
			behalf = slices.DeleteFunc(behalf, func(u upstreamKey) bool { return !slices.Contains(heard, u) })
		}
		for _, u := range behalf {
			if !slices.Contains(chance, u) && !slices.Contains(k.asked, u) {
				k.asked, k.silent = append(k.asked, u), append(k.silent, u)
			}
		}
	}
}

// unmarked lists the upstreams that were asked between the times by requests without a nonce.
func (s *survey) unmarked(since, until time.Time) (all []upstreamKey) {
	conns := s.catchAll.Connections()
	for _, h := range s.catchAll.HitsOf("") {
		if h.At.Before(since) || h.At.After(until) || h.Connection < 1 || h.Connection > len(conns) {
			continue
		}
		if u := (upstreamKey{at: conns[h.Connection-1].To}); !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	return all
}

// onBehalf reports whether a request without a nonce, at the time, was made on behalf of a client's.
func (s *survey) onBehalf(u upstreamKey, at time.Time) bool {
	if !slices.ContainsFunc(s.kept, func(k candidateProbe) bool { return slices.Contains(k.silent, u) }) {
		return false
	}
	for _, all := range s.sent {
		if slices.ContainsFunc(all, func(r sentRequest) bool { return !at.Before(r.begun) && !at.After(r.done) }) {
			return true
		}
	}
	return false
}
