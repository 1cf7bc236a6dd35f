package survey

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"sync"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

// manner is a way to talk to a listener.
type manner struct{ proxied, speaks, protocol string }

// manners are all that are tried, the ordinary ones first: HTTP/1.1 in plain text and over TLS, and HTTP/2, for those
// who speak nothing else.
var manners = []manner{
	{speaks: gateway.SpeaksHTTP},
	{speaks: gateway.SpeaksHTTPS},
	{speaks: gateway.SpeaksHTTP, protocol: gateway.HTTP2},
	{speaks: gateway.SpeaksHTTPS, protocol: gateway.HTTP2},
}

// wantsProxied is how configurations say that a listener wants to be told its client in the PROXY protocol. Who wants
// that closes the connection of everybody else, and nobody but the configuration tells.
var wantsProxied = regexp.MustCompile(`(?i)accept-proxy|proxy[-_ ]?proto|,proxy\b|hap-proxy|require-proxy-header`)

// mannersOf lists those that are tried with this configuration.
func (w words) mannersOf() []manner {
	all := slices.Clone(manners)
	if !wantsProxied.MatchString(w.text) {
		return all
	}
	for _, version := range []client.Proxied{client.ProxyV1, client.ProxyV2} {
		for _, m := range manners {
			m.proxied = string(version)
			all = append(all, m)
		}
	}
	return all
}

// ambiguous reports whether the attempt's answer may be one to who speaks otherwise than the listener does: many answer
// 400 to what they cannot read. Over TLS or HTTP/2 nobody has an answer who does not speak that.
func (m manner) ambiguous(t attempt) bool {
	return m.speaks == gateway.SpeaksHTTP && m.protocol == "" && t.status == http.StatusBadRequest && len(t.asked) == 0
}

// detectProtocol finds out what the listener speaks, and returns its first answer. An ambiguous one counts only if it
// is the ordinary client's, and nothing better comes.
func (s *survey) detectProtocol(ctx context.Context, l *gateway.Listener) attempt {
	second, certified, alert, silent := attempt{}, attempt{}, attempt{}, map[manner]bool{}
	for _, m := range s.words.mannersOf() {
		l.Speaks, l.Protocol, l.Proxied = m.speaks, m.protocol, m.proxied
		kind := manner{proxied: m.proxied, speaks: m.speaks}
		if silent[kind] {
			continue // Who speaks HTTP/2 has an answer to HTTP/1 too: an error, or an end.
		}
		t := s.anyHost(ctx, *l)
		silent[kind] = t.end == client.TimedOut
		if t.status != 0 && !m.ambiguous(t) {
			return s.bySNI(ctx, l, t)
		}
		if m == manners[0] && t.status != 0 {
			second = t
		}
		if t.certified && !certified.certified {
			certified = t
		}
		if t.alert && !alert.alert {
			alert = t
		}
	}
	switch {
	case certified.certified:
		second = certified
		if t := s.send(ctx, certified.listener, certified.with(question{certificate: certificateName})); t.status != 0 {
			second = t
		}
	case alert.alert: // Who speaks no TLS has no alert.
		second = alert
	case second.status == 0 && !silent[manners[0]]:
		second = s.anySource(ctx, *l)
	}
	l.Speaks, l.Protocol, l.Proxied = gateway.SpeaksOther, "", ""
	if second.status != 0 || second.certified || second.alert {
		*l = second.listener
	}
	return second
}

// bySNI is the attempt, or one over TLS where the listener passes on what comes, and the configuration says to whom by
// the name in the handshake: in plain text one upstream is reached alone, whoever's name it is.
func (s *survey) bySNI(ctx context.Context, l *gateway.Listener, plain attempt) attempt {
	if plain.listener.Speaks != gateway.SpeaksHTTP || len(plain.asked) == 0 || !routesBySNI.MatchString(s.words.code) {
		return plain
	}
	secure := overTLS(plain.listener)
	for _, host := range s.words.named {
		t := s.send(ctx, secure, plain.with(question{host: host}))
		if len(t.asked) > 0 && !slices.Equal(t.asked, plain.asked) {
			*l = secure
			return s.anyHost(ctx, secure)
		}
	}
	return plain
}

// anySource asks the listener for its root from every network that the configuration mentions: some gateways have no
// word for all others.
func (s *survey) anySource(ctx context.Context, l gateway.Listener) attempt {
	for _, a := range s.words.sources() {
		for _, m := range manners[:2] {
			l.Speaks, l.Protocol, l.Proxied = m.speaks, m.protocol, m.proxied
			if a.Is4() != l.Door().Addr().Is4() {
				continue
			}
			if t := s.send(ctx, l, question{from: a}); t.status != 0 && !m.ambiguous(t) {
				return t
			}
		}
	}
	return attempt{}
}

// anyHost asks the listener for its root, and returns the first answer: some gateways have no word for those who ask
// for hosts that are none of theirs, over TLS for want of a certificate. Without any it returns the first attempt.
func (s *survey) anyHost(ctx context.Context, l gateway.Listener) attempt {
	first := s.send(ctx, l, question{})
	if first.status != 0 {
		return first
	}
	// All at once: who keeps silent takes each one's patience.
	others := make([]attempt, len(s.words.hosts))
	var asking sync.WaitGroup
	for i, host := range s.words.hosts {
		asking.Go(func() { others[i] = s.send(ctx, l, question{host: host}) })
	}
	asking.Wait()
	for _, t := range append(others, first) {
		s.noteSilent(t)
	}
	for _, t := range others {
		if t.status != 0 {
			if !first.alert {
				s.answered(first)
			}
			return t
		}
		if t.certified && !first.certified || t.alert && !first.certified && !first.alert {
			first = t
		}
	}
	return first
}

// silence is what a listener keeps silent for: a host, or a path whatever the host.
type silence struct {
	listener   gateway.Listener
	host, path string
}

// silenceOf is that of the question's host if it asks for the root, and of its path otherwise: who holds up those who
// log in too often has answers at other paths.
func silenceOf(l gateway.Listener, q question) silence {
	if q.path == "" || q.path == "/" {
		return silence{listener: l, host: q.host}
	}
	return silence{listener: l, path: q.path}
}

// noteSilent notes that the attempt got nothing in its time.
func (s *survey) noteSilent(t attempt) {
	if t.status == 0 && t.end == client.TimedOut {
		s.silent[silenceOf(t.listener, t.question)] = true
	}
}

// sendUnlessSilent is send, but for a host or path for which the listener was silent before: each takes the patience
// of a client, and what comes of it is known.
func (s *survey) sendUnlessSilent(ctx context.Context, l gateway.Listener, q question) attempt {
	if s.silent[silence{listener: l, host: q.host}] || s.silent[silenceOf(l, q)] {
		url, _ := q.urlOf(l)
		return attempt{question: q, url: url, listener: l, end: client.TimedOut}
	}
	t := s.send(ctx, l, q)
	s.noteSilent(t)
	return t
}
