package survey

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/upstream"
)

// Unsolicited is what a gateway does at an upstream with no request of a client's: a connection that it makes at start,
// or the checks of whether the upstream is well.
type Unsolicited struct {
	Upstream string `json:"upstream"`
	// What is the request, or a connection in which nothing was asked.
	What string `json:"what"`
	// Times is how often it was seen; AtStart is true when that was before the gateway listened, and never after.
	Times   int  `json:"times"`
	AtStart bool `json:"at_start"`
	// EveryMS is the median of the times between two, in milliseconds; 0 if there was one.
	EveryMS float64 `json:"every_ms"`
}

// When says when it was seen: "every 2s", "at start" or "once".
func (a Unsolicited) When() string {
	switch {
	case a.EveryMS > 0 && !a.AtStart:
		every := time.Duration(a.EveryMS * float64(time.Millisecond))
		return fmt.Sprintf("every %s", every.Round(max(every/10, time.Millisecond)).Round(time.Millisecond))
	case a.AtStart:
		return "at start"
	case a.Times > 1:
		return fmt.Sprintf("%d times", a.Times)
	}
	return "once"
}

// The connections in which nothing was asked.
const (
	bareConnection = "a connection alone"
	bareHandshake  = "a TLS handshake alone"
)

// contact is one time that an upstream was dialled or asked with no request of a client's.
type contact struct {
	upstreamKey
	what string
	at   time.Time
}

// noteUnsolicited notes what the gateway did of its own accord: every request that carries no nonce of the harness, and
// every connection on which the gateway said nothing. What a probe causes carries its nonce, and is told by
// that alone: a check that comes meanwhile is not taken for it.
func (s *survey) noteUnsolicited(all []knownUpstream) {
	contacts := append(s.contactsOf(s.catchAll, whereTo), s.givenUp()...)
	for i, a := range s.sockets {
		contacts = append(contacts,
			s.contactsOf(a, func(upstream.ConnInfo) upstreamKey { return upstreamKey{socket: s.words.sockets[i]} })...)
	}
	slices.SortStableFunc(contacts, func(a, b contact) int { return a.at.Compare(b.at) })
	times := map[string][]time.Time{}
	for i, u := range all {
		for _, c := range contacts {
			if c.upstreamKey == u.upstreamKey {
				times[c.what] = append(times[c.what], c.at)
			}
		}
		for _, what := range slices.Sorted(maps.Keys(times)) {
			if alone := what == bareConnection || what == bareHandshake; !alone {
				all[i].Checked = what
			} else if allWithin(times[what], s.timesAsked(u.upstreamKey)) {
				continue
			}
			s.found.Unsolicited = append(s.found.Unsolicited, Unsolicited{
				Upstream: u.Name, What: what, Times: len(times[what]), EveryMS: medianGap(times[what], s.broken[u.upstreamKey]...),
				AtStart: !times[what][len(times[what])-1].After(s.ready),
			})
		}
		clear(times)
	}
}

// whereTo is the upstream that the connection was made to.
func whereTo(h upstream.ConnInfo) upstreamKey { return upstreamKey{at: h.To} }

// givenUp lists the connections that were given up before the upstream heard of them, as those of checks are that only
// connect.
func (s *survey) givenUp() []contact {
	type way struct{ from, to netip.AddrPort }
	all, known := []contact{}, map[way]bool{}
	conns := s.catchAll.Connections()
	for _, h := range conns {
		known[way{h.From, h.To}] = true
	}
	for _, d := range s.dials.heard() {
		w := way{d.from, d.to}
		if known[w] || d.at.Before(s.started) || d.to.Port() == nameservicePort ||
			slices.ContainsFunc(s.broken[upstreamKey{at: d.to}], func(b span) bool { return b.holds(d.at) }) {
			continue
		}
		known[w] = true // What is sent again is the same dial.
		all = append(all, contact{upstreamKey{at: d.to}, bareConnection, d.at})
	}
	return all
}

// nameservicePort is where nameservers are asked, over TCP where the answer is long.
const nameservicePort = 53

// contactsOf lists what was heard with no request of a client's.
func (s *survey) contactsOf(a *upstream.CatchAll, where func(upstream.ConnInfo) upstreamKey) []contact {
	all, spoken, conns := []contact{}, map[int]bool{}, a.Connections()
	for _, h := range a.Hits() {
		spoken[h.Connection] = true
		if strings.HasPrefix(h.Nonce, noncePrefix) || h.Connection < 1 || h.Connection > len(conns) ||
			s.onBehalf(where(conns[h.Connection-1]), h.At) {
			continue
		}
		all = append(all, contact{where(conns[h.Connection-1]), h.Method + " " + h.Path, h.At})
	}
	for _, h := range conns {
		switch {
		// A handshake that failed may have been a probe's.
		case h.Shut || spoken[h.Connection] || h.Speaks != upstream.NothingSpoken || h.TLS && (h.Trouble != "" || h.Gone):
		case h.TLS:
			all = append(all, contact{where(h), bareHandshake, h.At})
		default:
			all = append(all, contact{where(h), bareConnection, h.At})
		}
	}
	return slices.DeleteFunc(all, func(c contact) bool { return c.at.Before(s.started) })
}

// span is the time from the begin of a request until a copy of it can have arrived, or in which an upstream is broken.
type span struct{ begin, end time.Time }

// holds reports whether the time is within.
func (s span) holds(t time.Time) bool { return !t.Before(s.begin) && !t.After(s.end) }

// timesAsked lists when clients' requests were at the upstream.
func (s *survey) timesAsked(u upstreamKey) []span {
	all := []span{}
	for _, requests := range s.sent {
		for _, r := range requests {
			if slices.Contains(s.upstreamsAsked(r.nonce), u) {
				all = append(all, span{r.begun, r.done.Add(lateCopy)})
			}
		}
	}
	return all
}

// allWithin reports whether all the times lie within the spans. Connections alone are then no sign of a check: a
// gateway may dial one for a request, as Go's net/http.Transport does, and send it in another that became free
// meanwhile.
func allWithin(times []time.Time, spans []span) bool {
	return !slices.ContainsFunc(times, func(t time.Time) bool {
		return !slices.ContainsFunc(spans, func(s span) bool { return s.holds(t) })
	})
}

// medianGap is the median of the times between two, in milliseconds, but for those in which the upstream was broken.
func medianGap(times []time.Time, broken ...span) float64 {
	gaps := []float64{}
	for i := range times[1:] {
		if slices.ContainsFunc(broken, func(b span) bool { return times[i].Before(b.end) && times[i+1].After(b.begin) }) {
			continue
		}
		gaps = append(gaps, float64(times[i+1].Sub(times[i]).Microseconds())/1000)
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}
