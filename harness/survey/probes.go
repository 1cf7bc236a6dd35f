package survey

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
)

// mostLimits bounds the further probes of the same upstreams that have other time limits.
const mostLimits = 2

// keep makes probes of what was tried: the root of each listener, and of the others one for each set of upstreams
// that no other reaches with the same time limits.
func (s *survey) keep(first, others []attempt) {
	seen, limited := map[string]bool{}, map[string]int{}
	for i, t := range s.settled(slices.Concat(first, others)) {
		if len(t.asked) == 0 {
			if i < len(first) || t.path == "/" && t.status != 0 {
				s.answered(t)
			}
			if i >= len(first) || t.status == 0 || t.status >= http.StatusInternalServerError {
				continue
			}
		}
		if socket, call := s.words.special(t.question); socket || call {
			s.special = append(s.special, t)
		}
		pool := fmt.Sprint(t.listener.At, t.asked)
		limits := s.words.limitsOf(t.question)
		if key := pool + limits; i >= len(first) && (seen[key] || limited[pool] > mostLimits) {
			continue
		} else if seen[key] = true; i >= len(first) {
			limited[pool]++
		}
		s.kept = append(s.kept, newCandidate(t, i < len(first)))
	}
}

// newCandidate makes a candidate of the attempt; root tells whether it was a listener's first.
func newCandidate(t attempt, root bool) candidateProbe {
	return candidateProbe{attempt: t, methods: []string{t.method}, root: root, all: len(t.asked) > 1}
}

// keepTwins makes a probe for each listener of IPv6 that has a twin of IPv4, whose root answered so: the twin's first
// probe that reaches an upstream, over IPv6. One is enough to see whether the gateway keeps its promises there too, and
// each more would be tried with every experiment again.
func (s *survey) keepTwins(ctx context.Context, roots []attempt) {
	for _, root := range roots {
		if slices.ContainsFunc(s.kept, func(k candidateProbe) bool {
			return k.listener.At.Port() == root.listener.At.Port() && k.from.IsValid()
		}) {
			continue // Its clients come from networks of IPv4.
		}
		same := func(k candidateProbe) bool { return k.listener.At.Port() == root.listener.At.Port() }
		i := slices.IndexFunc(s.kept, func(k candidateProbe) bool { return same(k) && len(k.asked) > 0 })
		if i < 0 {
			i = slices.IndexFunc(s.kept, same)
		}
		if i < 0 {
			s.keep([]attempt{root}, nil)
			continue
		}
		four := s.kept[i]
		l := root.listener
		l.Speaks, l.Protocol, l.Proxied = four.listener.Speaks, four.listener.Protocol, four.listener.Proxied
		six := s.send(ctx, l, four.question)
		alike := six.alike(four.attempt)
		if !alike {
			s.warn("%s gets another answer over IPv6 (%d) than over IPv4 (%d)", four.url, six.status, four.status)
		}
		if len(six.asked) > 0 || !alike {
			s.kept = append(s.kept, candidateProbe{
				attempt: six, methods: []string{http.MethodGet}, root: true, all: len(six.asked) > 1, twin: true,
			})
		}
	}
}

// answered notes an answer of the gateway's own, unless the listener gives the same to everybody.
func (s *survey) answered(t attempt) {
	// Who is sent to another scheme or port of the host that he asked for is told the same as all others.
	alike := strings.ReplaceAll(says(t), "/"+t.host, "/"+Host)
	same := slices.ContainsFunc(s.found.Answers, func(a Answer) bool {
		return a.port == t.listener.At.Port() && a.Status == t.status && a.alike == alike
	})
	if !same {
		s.found.Answers = append(s.found.Answers, Answer{t.url, t.status, says(t), t.listener.At.Port(), alike})
	}
}

// says is what an answer wants of the client, in a word.
func says(t attempt) string {
	switch {
	case t.header.Get("Location") != "":
		return "to " + t.header.Get("Location")
	case t.header.Get("WWW-Authenticate") != "":
		return t.header.Get("WWW-Authenticate")
	case t.status == 0:
		return string(t.end)
	}
	return strings.ToLower(http.StatusText(t.status))
}

// candidateProbe is an attempt that may become a probe of the gateway's description.
type candidateProbe struct {
	attempt
	methods []string
	root    bool
	all     bool // One request asks several.
	twin    bool // It is the probe of a listener of IPv4, sent over IPv6.
	passes  bool // The gateway passes on whatever bytes come to its host.
	// roles are what the upstreams are to the probe; those of which it says nothing serve.
	roles map[upstreamKey]gateway.Role
	// silent are those that are asked because of it by requests that do not carry its nonce.
	silent []upstreamKey
	// expanded tells whether it was repeated, varied whether it was asked with other fields.
	expanded, varied bool
	// hashed tells whether other clients and URLs were tried for further members of its pool.
	hashed bool
}

// distinctPools drops the probes that turned out to reach the same pool as another, in the same way.
func (s *survey) distinctPools(all []candidateProbe) []candidateProbe {
	seen, kept := map[string]bool{}, []candidateProbe{}
	for _, k := range all {
		slices.SortFunc(k.asked, func(a, b upstreamKey) int {
			return cmp.Or(a.at.Compare(b.at), strings.Compare(a.socket, b.socket))
		})
		key := fmt.Sprint(k.listener.At, k.asked, k.protocol, s.words.limitsOf(k.question))
		if k.root || !seen[key] {
			kept = append(kept, k)
		}
		seen[key] = true
	}
	return kept
}

// expandPools repeats the probes: for the other members of pools, with POST, and once more after long enough for names
// to be asked for again.
func (s *survey) expandPools(ctx context.Context) {
	s.expandNew(ctx)
	s.kept = s.distinctPools(s.kept)
	s.tryFields(ctx)
	s.tryProtocols(ctx)
	s.expandNew(ctx)
	s.findHashed(ctx)
	s.kept = s.distinctPools(s.kept)
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(s.served.Add(gateway.Again))):
	}
	s.catchAll.Drop() // A pooled connection needs no name.
	for _, k := range s.kept {
		for range max(1, 2*len(k.asked)) { // Each member of a pool has its turn.
			s.send(ctx, k.listener, k.question)
		}
	}
}

// expandNew repeats the probes that have not been repeated yet.
func (s *survey) expandNew(ctx context.Context) {
	routed := []candidateProbe{} // By their method.
	for i := range s.kept {
		k := &s.kept[i]
		if len(k.asked) == 0 || k.expanded {
			continue
		}
		k.expanded = true
		for range s.words.roundsOfPools() {
			t := s.send(ctx, k.listener, k.question)
			k.all, k.uncached = k.all || len(t.asked) > 1, k.uncached || t.uncached
			k.keyless = k.keyless || t.keyless
			for _, p := range t.asked {
				if !slices.Contains(k.asked, p) {
					k.asked = append(k.asked, p)
				}
			}
		}
		if k.protocol == gateway.WebSocket || k.protocol == gateway.GRPC {
			continue // They have one method.
		}
		if k.method != http.MethodGet {
			continue // A probe of its own.
		}
		post := k.with(question{method: http.MethodPost})
		t := s.send(ctx, k.listener, post)
		switch {
		case len(t.asked) == 0:
		case !k.keyless && s.elsewhere(ctx, k, &t):
			routed = append(routed, newCandidate(t, false))
		case t.status == k.status && k.keyless:
			k.methods = []string{http.MethodPost}
		case t.status == k.status:
			k.methods = append(k.methods, http.MethodPost)
		}
	}
	if len(routed) > 0 {
		s.kept = append(s.kept, routed...)
		s.expandNew(ctx)
	}
}

// mentionsWeights is how configurations say that members of a pool have unequal shares.
var mentionsWeights = regexp.MustCompile(`(?i)\bweight(?:ed)?\b`)

// roundsOfPools is how often a probe is repeated to find the other members of a pool: where shares are unequal, often
// enough for one with a twentieth.
func (w words) roundsOfPools() int {
	if mentionsWeights.MatchString(w.code) {
		return weightedRounds
	}
	return poolRounds
}

// elsewhere reports whether the probe's POST, of which t is the first, is served by other upstreams than its GET, and
// not by further members of the same pool: as often as there would be members, neither asks whom the other does. Those
// that it asked are added to t.
func (s *survey) elsewhere(ctx context.Context, k *candidateProbe, t *attempt) bool {
	none := func(t attempt, of []upstreamKey) bool {
		return !slices.ContainsFunc(t.asked, func(u upstreamKey) bool { return slices.Contains(of, u) })
	}
	if !none(*t, k.asked) {
		return false
	}
	for range poolRounds {
		u := s.send(ctx, k.listener, t.question)
		if !none(u, k.asked) {
			return false
		}
		for _, one := range u.asked {
			if !slices.Contains(t.asked, one) {
				t.asked = append(t.asked, one)
			}
		}
	}
	for range 2*poolRounds + 2 { // A pool whose members take turns is through with all of them.
		if !none(s.send(ctx, k.listener, k.question), t.asked) {
			return false
		}
	}
	return true
}
