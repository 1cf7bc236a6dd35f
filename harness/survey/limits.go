package survey

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
)

// Each client has an address of its own in one of these networks, where the gateway limits what one may ask.
var (
	clients  = netip.MustParsePrefix("203.0.113.0/24")
	clients6 = netip.MustParsePrefix("2001:db8:c::/64")
)

const (
	// paceLonger is how much longer each wait for a limit is than the last, the first of which is paceFirst: limits are
	// by the second as a rule, and some by the minute.
	paceFirst, paceLonger = 250 * time.Millisecond, 2
	// mostPace bounds all of these waits together.
	mostPace = 20 * time.Second
)

// clientOf is where the client comes from who asks the listener.
func (s *survey) clientOf(l gateway.Listener, q question) netip.Addr {
	six := l.Door().Addr().Is6()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case q.from.IsValid():
		return q.from
	case s.spread && six:
		return gateway.AddressIn(clients6, s.serial)
	case s.spread:
		return gateway.AddressIn(clients, s.serial)
	case six:
		return gateway.Client6
	}
	return Client
}

// send asks the listener, and once more where that told of a cache or of a limit and not of the upstreams: with a query
// that no cache has an answer to, from an address that has asked nothing yet, and later. It may be called by several
// goroutines.
func (s *survey) send(ctx context.Context, l gateway.Listener, q question) attempt {
	s.mu.Lock()
	pause := s.pause
	s.mu.Unlock()
	if pause > 0 {
		s.wait(ctx, pause)
	}
	t := s.sendOnce(ctx, l, q)
	switch {
	case t.stored != "":
		q.uncached = true
		if again := s.sendOnce(ctx, l, q); len(again.asked) > 0 {
			return again
		}
		t.asked, t.keyless = s.upstreamsAsked(t.stored), true
	case s.limited(t) && !q.from.IsValid():
		return s.unlimited(ctx, l, q, t)
	}
	return t
}

// limited reports whether the gateway turned the client away by itself as it does who was asked too much. While an
// upstream is broken, 503 says that.
func (s *survey) limited(t attempt) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(t.asked) == 0 &&
		(t.status == http.StatusTooManyRequests || t.status == http.StatusServiceUnavailable && !s.breaking)
}

// unlimited asks again after the attempt, which was turned away: from another address, and then later and later.
func (s *survey) unlimited(ctx context.Context, l gateway.Listener, q question, t attempt) attempt {
	before := s.setSpread(true)
	if again := s.sendOnce(ctx, l, q); !s.limited(again) {
		// If it is the address that counts, the first one is still turned away.
		if first := s.sendOnce(ctx, l, q.with(question{from: Client})); before || s.limited(first) {
			return again
		}
	}
	s.setSpread(before)
	if t.status != http.StatusTooManyRequests {
		return t
	}
	for wait := paceFirst; s.wait(ctx, wait); wait *= paceLonger {
		if again := s.sendOnce(ctx, l, q); !s.limited(again) {
			s.mu.Lock()
			s.pause = max(s.pause, wait/paceLonger)
			s.mu.Unlock()
			return again
		}
	}
	return t
}

// setSpread says whether each client has an address of its own, and returns what was said before.
func (s *survey) setSpread(spread bool) (before bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.spread = s.spread, spread
	return before
}

// wait waits for a limit, unless that was done for too long already. It reports whether it did.
func (s *survey) wait(ctx context.Context, wait time.Duration) bool {
	s.mu.Lock()
	over := s.waited+wait > mostPace
	if !over {
		s.waited += wait
	}
	s.mu.Unlock()
	if over {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// warnLimits says what limits and caches the survey met, and what that means for a run.
func (s *survey) warnLimits() {
	switch {
	case s.byAddress:
		s.warn("which upstream serves a client depends on his address: each client has an address of its own (from: %s)",
			clients)
	case s.spread:
		s.warn("the gateway limits how much one address may ask: each client has an address of its own (from: %s)", clients)
	}
	if s.waited > 0 {
		s.warn("the gateway limits how much all clients together may ask (429): the survey waited %s for it and may have "+
			"missed something, and probes of a run may be turned away, too; raise the limit for the trial",
			s.waited.Round(time.Second))
	}
	for _, k := range s.kept {
		if k.keyless {
			s.warn("the answer to GET %s comes out of a cache, whatever its query: GET is not tried there", k.url)
		}
	}
}
