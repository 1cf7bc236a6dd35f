package survey

import (
	"context"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// envelop makes r a call of gRPC with an empty message
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
func envelop(r *client.Request) {
	r.Header = append(r.Header, client.Field{Name: "Content-Type", Value: "application/grpc"},
		client.Field{Name: "TE", Value: "trailers"})
	r.Body = binary.BigEndian.AppendUint32([]byte{0}, 0)
}

// calling is the question as a call of gRPC: of a method of the service, where the path names no method.
func (q question) calling() question {
	path := q.path
	if strings.HasSuffix(path, "/") {
		path += "Call"
	}
	return q.with(question{method: http.MethodPost, protocol: gateway.GRPC, path: path})
}

// spoke reports whether the attempt's protocol was understood: a WebSocket was made, a call had its status.
func (t attempt) spoke() bool {
	switch {
	case len(t.asked) == 0:
		return false
	case t.protocol == gateway.WebSocket:
		return t.status == http.StatusSwitchingProtocols && t.end == client.Complete
	case t.protocol == gateway.GRPC:
		return t.trailer.Get("Grpc-Status")+t.header.Get("Grpc-Status") == "0"
	}
	return true
}

// specially lists the attempt's question as a WebSocket and as a call of gRPC, where the configuration says that there
// is one.
func (s *survey) specially(t attempt) []question {
	all := []question{}
	socket, call := s.words.special(t.question)
	if socket {
		all = append(all, t.with(question{protocol: gateway.WebSocket}))
	}
	if call {
		all = append(all, t.calling())
	}
	return all
}

// openByProtocol tries what reached no upstream specially: a route may let nothing else in.
func (s *survey) openByProtocol(ctx context.Context, all []attempt) {
	for i, t := range all {
		if len(t.asked) > 0 {
			continue
		}
		for _, q := range s.specially(t) {
			if u := s.send(ctx, t.listener, q); u.spoke() {
				all[i] = u
				break
			}
		}
	}
}

// tryProtocols adds a probe for each protocol besides that the configuration speaks of and that is understood: calls of
// gRPC in the place of what else reaches their upstream; WebSockets at the paths that have them, or at the first if
// none says so; and HTTP/2 once for each listener that speaks TLS.
func (s *survey) tryProtocols(ctx context.Context) {
	for _, t := range s.special {
		for _, q := range s.specially(t) {
			s.keepIfSpoken(ctx, t.listener, q)
		}
	}
	s.special = nil
	s.replaceByCalls(ctx)
	overTLS := map[string]bool{}
	for _, k := range slices.Clone(s.kept) {
		at := k.listener.At.String()
		if k.plain() && k.listener.Speaks == gateway.SpeaksHTTPS && !overTLS[at] {
			overTLS[at] = true
			s.keepIfSpoken(ctx, k.listener, k.with(question{protocol: gateway.HTTP2}))
		}
	}
	for _, k := range slices.Clone(s.kept) {
		if socketMention.MatchString(s.words.code) && !s.hasSocket() && k.plain() {
			s.keepIfSpoken(ctx, k.listener, k.with(question{protocol: gateway.WebSocket}))
		}
	}
}

// plain reports whether the candidate reaches an upstream as every browser does.
func (k candidateProbe) plain() bool {
	return len(k.asked) > 0 && k.protocol == "" && !k.twin && k.headers == nil
}

// replaceByCalls puts calls of gRPC in the place of what reaches an upstream over HTTP/2 that understands them.
func (s *survey) replaceByCalls(ctx context.Context) {
	if !callMention.MatchString(s.words.code) {
		return
	}
	for i, k := range s.kept {
		if k.plain() && s.speaksHTTP2(k.asked) {
			if t := s.send(ctx, k.listener, k.calling()); t.spoke() {
				s.kept[i].attempt, s.kept[i].methods = t, []string{http.MethodPost}
			}
		}
	}
	for _, k := range slices.Clone(s.kept) {
		if !k.plain() {
			continue
		}
		// By the type of its body alone some are told from all else.
		if t := s.send(ctx, k.listener, k.calling()); t.spoke() && !s.reaches(t) {
			s.kept = append(s.kept, newCandidate(t, false))
		}
	}
	s.kept = s.distinctPools(s.kept)
}

// hasSocket reports whether a probe makes a WebSocket.
func (s *survey) hasSocket() bool {
	return slices.ContainsFunc(s.kept, func(k candidateProbe) bool { return k.protocol == gateway.WebSocket })
}

// keepIfSpoken makes a probe of the question, if its protocol is understood and no other reaches the same in it.
func (s *survey) keepIfSpoken(ctx context.Context, l gateway.Listener, q question) {
	t := s.send(ctx, l, q)
	if !t.spoke() || slices.ContainsFunc(s.kept, func(k candidateProbe) bool {
		return k.listener.At == l.At && k.protocol == q.protocol && slices.Equal(k.asked, t.asked)
	}) {
		return
	}
	s.kept = append(s.kept, newCandidate(t, false))
}

// speaksHTTP2 reports whether HTTP/2 is spoken to all of the upstreams.
func (s *survey) speaksHTTP2(all []upstreamKey) bool {
	conns := s.catchAll.Connections()
	return !slices.ContainsFunc(all, func(u upstreamKey) bool {
		return !slices.ContainsFunc(conns, func(c upstream.ConnInfo) bool {
			return c.To == u.at && c.Speaks == upstream.HTTP2Spoken
		})
	})
}
