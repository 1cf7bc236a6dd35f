package survey

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

const (
	// askPatience bounds one request: every upstream answers within a millisecond, so that a gateway that takes
	// longer has nothing to say.
	askPatience = 2 * time.Second
	// warmUp is how long a gateway that listens may answer with errors, while its health checks and its names have
	// not come to a conclusion. configWait is how long a gateway may answer nothing but 404, or change its answers,
	// while its configuration comes over the network.
	warmUp     = 5 * time.Second
	configWait = 10 * time.Second
	// poolRounds is how often a probe is repeated to find the other members of a pool.
	poolRounds = 5
	// weightedRounds is the same where members have shares of their own; each is a matter of a millisecond.
	weightedRounds = 60
	// mostTries bounds the words that are tried at all listeners together: each takes about a millisecond.
	mostTries = 400
	// mostBare bounds those that are tried without a port at each listener.
	mostBare = 100
)

// Host is what clients call a gateway that has no other name.
const Host = "gateway.test"

// noncePrefix begins the nonces of all requests of a survey.
const noncePrefix = "survey-"

// Client is the address that clients come from who may use the gateway.
var Client = netip.MustParseAddr("203.0.113.10")

// upstreamKey is where an upstream was found: an address, or the path of a socket.
type upstreamKey struct {
	at     netip.AddrPort
	socket string
}

// ask finds out what the listeners speak, and asks them for all that the configuration mentions. Listeners that
// come meanwhile, as those do that wait for names or for a first health check, have their turn.
func (s *survey) ask(ctx context.Context) error {
	for asked := 0; asked < len(s.own.Listeners); {
		if !s.anyUpstreamAsked() {
			s.asking = time.Now()
		}
		fresh, twins := splitTwins(s.own.Listeners, asked)
		first := s.askRoots(ctx, fresh)
		asked = len(s.own.Listeners)
		if how := s.process.Dead(); how != "" {
			if !s.canStartAgain() {
				return s.failed("it ended while it was asked (%s)", how)
			}
			if err := s.startUp(ctx); err != nil {
				return err
			}
			asked = 0
			continue
		}
		first, others := s.askUntilStable(ctx, fresh, first)
		s.served = time.Now()
		for _, all := range [][]attempt{first, others} {
			s.openByProtocol(ctx, all)
			s.openByMethod(ctx, all)
			s.unlock(ctx, all)
		}
		s.keep(first, others)
		s.keepTwins(ctx, s.askRoots(ctx, twins))
		s.expandPools(ctx)
		s.settleTLS()
		if err := s.addListeners(ctx); err != nil {
			return err
		}
		// A gateway that has asked no upstream may have listeners to come: Envoy's administration is there before its
		// clusters are.
		for !s.anyUpstreamAsked() && len(s.own.Listeners) == asked && time.Since(s.ready) < warmUp &&
			s.process.Dead() == "" && ctx.Err() == nil {
			time.Sleep(pollInterval)
			if err := s.addListeners(ctx); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if len(s.kept) == 0 && len(s.found.Answers) == 0 {
		return s.failed("%s", s.noHTTP())
	}
	return nil
}

// splitTwins lists the listeners from the one with the number on: those of IPv6 apart that have a twin of IPv4 at the
// same port. They most likely lead to the same.
func splitTwins(all []gateway.Listener, from int) (fresh, twins []*gateway.Listener) {
	for i := from; i < len(all); i++ {
		l := &all[i]
		twin := func(o gateway.Listener) bool { return o.At.Addr().Is4() && o.At.Port() == l.At.Port() }
		if l.At.Addr().Is6() && slices.ContainsFunc(all, twin) {
			twins = append(twins, l)
		} else {
			fresh = append(fresh, l)
		}
	}
	return fresh, twins
}

// anyUpstreamAsked reports whether some upstream was asked because of a request.
func (s *survey) anyUpstreamAsked() bool {
	return slices.ContainsFunc(s.kept, func(k candidateProbe) bool { return len(k.asked) > 0 })
}

// askUntilStable asks for all that the configuration mentions until something is found, and the same once more: a
// configuration may come while the survey asks.
func (s *survey) askUntilStable(
	ctx context.Context,
	fresh []*gateway.Listener,
	first []attempt,
) (roots, others []attempt) {
	others = s.tryWords(ctx, first)
	for len(fresh) > 0 && time.Since(s.ready) < configWait && ctx.Err() == nil {
		before := slices.Concat(first, others)
		uncertain := s.uncertified(before)
		if nothingFound(before) || uncertain {
			time.Sleep(pollInterval)
		}
		first = s.askRoots(ctx, fresh)
		others = s.tryWords(ctx, first)
		remember(before, first)
		remember(before, others)
		now := slices.Concat(first, others)
		if !uncertain && !nothingFound(now) && slices.EqualFunc(before, now, attempt.alike) {
			break
		}
	}
	return first, others
}

// uncertified reports whether the gateway turned down a name for which it may not have its certificate yet: it gets
// certificates by ACME, one after the other.
func (s *survey) uncertified(all []attempt) bool {
	return slices.ContainsFunc(all, func(t attempt) bool { return t.alert && t.host != Host }) &&
		slices.ContainsFunc(s.catchAll.Connections(), func(h upstream.ConnInfo) bool { return h.ACME })
}

// remember puts what reached an upstream before in the place of what does not now: a limit, or the failure of a moment,
// hides an upstream that is there.
func remember(before, now []attempt) {
	for i, t := range now {
		if len(t.asked) > 0 {
			continue
		}
		if b := slices.IndexFunc(before, func(b attempt) bool {
			return b.url == t.url && b.bare == t.bare && len(b.asked) > 0
		}); b >= 0 {
			now[i] = before[b]
		}
	}
}

// alike reports whether both requests went the same way; which member of a pool was asked does not matter.
func (t attempt) alike(u attempt) bool {
	return t.url == u.url && t.bare == u.bare && t.status == u.status && (len(t.asked) > 0) == (len(u.asked) > 0)
}

// nothingFound reports whether nothing was found: no upstream was asked, and all that came of some listener was that
// there is nothing. Others may have answers of their own meanwhile, such as a redirect or a page for the administrator.
func nothingFound(all []attempt) bool {
	other := map[netip.AddrPort]bool{}
	for _, t := range all {
		if len(t.asked) > 0 {
			return false
		}
		other[t.listener.At] = other[t.listener.At] || t.status != http.StatusNotFound
	}
	for _, found := range other {
		if !found {
			return true
		}
	}
	return len(other) == 0
}

// askRoots asks each listener for its root, again and again while the gateway may still be warming up.
func (s *survey) askRoots(ctx context.Context, listeners []*gateway.Listener) []attempt {
	all := []attempt{}
	for _, l := range listeners {
		t := s.root(ctx, l)
		for (l.Speaks != gateway.SpeaksOther || t.alert) && time.Since(s.ready) < t.warmUpTime() &&
			s.process.Dead() == "" && ctx.Err() == nil {
			time.Sleep(pollInterval)
			if t.alert {
				t = s.detectProtocol(ctx, l)
			} else {
				t = s.send(ctx, *l, t.question)
			}
		}
		if l.Speaks != gateway.SpeaksOther {
			all = append(all, t)
		}
	}
	return all
}

// root is the first answer of the listener, in the manner that it is known to speak in, if it still does.
func (s *survey) root(ctx context.Context, l *gateway.Listener) attempt {
	if q, known := s.roots[l.At]; known {
		if t := s.send(ctx, *l, q); t.status != 0 {
			return t
		}
	}
	t := s.detectProtocol(ctx, l)
	if t.status != 0 {
		s.roots[l.At] = t.question
	}
	return t
}

// warmUpTime is how long after the start there may still be another answer.
func (t attempt) warmUpTime() time.Duration {
	if t.certified {
		return 0
	}
	if t.alert || len(t.asked) == 0 && (t.status == 0 || t.status >= http.StatusInternalServerError) {
		return warmUp
	}
	return 0
}

// tryWords asks each listener for the words of the configuration.
func (s *survey) tryWords(ctx context.Context, first []attempt) []attempt {
	all := []attempt{}
	// Who spoke no TLS may have had no time for it, or no certificate yet.
	maps.DeleteFunc(s.both, func(_ netip.AddrPort, both bool) bool { return !both })
	for _, t := range first {
		for _, q := range s.words.questions(mostTries / len(first)) {
			if ctx.Err() != nil {
				return all
			}
			if q.host != t.host || q.path != "/" {
				all = append(all, s.sendUnlessSilent(ctx, t.listener, t.with(q)))
			}
			if s.alsoTLS(ctx, t) {
				all = append(all, s.sendUnlessSilent(ctx, overTLS(t.listener), t.with(q)))
			}
		}
		all = append(all, s.tryBare(ctx, t)...)
	}
	return all
}

// tryBare asks a listener at another port than the standard one for each host that the configuration names, and the
// paths that stand behind it, by the name alone: some gateways compare the field Host as it comes, with the port, which
// it names no longer where a load balancer or a container's mapping of ports stands in front.
func (s *survey) tryBare(ctx context.Context, root attempt) []attempt {
	all := []attempt{}
	if _, authority := (question{host: Host}).urlOf(root.listener); authority == Host {
		return all
	}
	for _, host := range s.words.named {
		for _, path := range append([]string{"/"}, s.words.near[host]...) {
			q := root.with(question{host: host, path: path, bare: true})
			if len(all) == mostBare || ctx.Err() != nil {
				return all
			}
			all = append(all, s.sendUnlessSilent(ctx, root.listener, q))
		}
	}
	return all
}

// questions lists what is asked for: the root of each host, the paths that stand behind it, and every other path of it
// as long as there are no more than most. They come in the order of the configuration.
func (w words) questions(most int) []question {
	type pair struct{ host, path string }
	rank := func(p pair) int {
		switch {
		case p.path == "/":
			return 0
		case slices.Contains(w.near[p.host], p.path):
			return 1
		case p.host == Host:
			return 2
		}
		return 3
	}
	all := []pair{}
	for _, host := range append([]string{Host}, w.hosts...) {
		for _, path := range append([]string{"/"}, w.paths...) {
			all = append(all, pair{host, path})
		}
	}
	likely := slices.Clone(all)
	slices.SortStableFunc(likely, func(a, b pair) int { return rank(a) - rank(b) })
	likely = likely[:min(len(likely), most)]
	questions := []question{}
	for _, p := range all {
		if slices.Contains(likely, p) {
			questions = append(questions, question{host: p.host, path: p.path})
		}
	}
	return questions
}
