package survey

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/stamp"
)

// question is what a client asks a listener, and how. The zero value is GET of the root, by the host alone by which
// every gateway is asked.
type question struct {
	method, host, path string
	// headers are sent besides those that every browser sends.
	headers map[string]string
	// from is where the client comes from, if not from Client.
	from netip.Addr
	// protocol is what the client speaks, as a file says it; what the listener says if it is empty.
	protocol string
	// certificate is the common name in the client's certificate; it has none if that is empty.
	certificate string
	// uncached gives each request a query of its own.
	uncached bool
	// bare leaves the port out of the field Host, as it is where a port of another number leads to the listener.
	bare bool
}

// attempt is a question, and what came of it.
type attempt struct {
	question
	url      string
	listener gateway.Listener
	status   int
	header   http.Header
	trailer  http.Header
	body     []byte
	end      client.End
	// The listener speaks TLS, and turned the handshake down: a gateway that makes its certificates itself does
	// so until they are there.
	alert bool
	asked []upstreamKey // the upstreams that were asked because of it
	nonce string
	// origin is the one whose answer it is, by its stamp; "" if it is the gateway's own.
	origin string
	// stored is the nonce of the earlier question whose answer came once more, out of a cache; empty for none.
	stored string
	// keyless tells whether it did so though the query was another.
	keyless bool
	// certified tells whether the listener asked for a certificate of the client's.
	certified bool
}

// with is the question with what is set in more, in the place of its own.
func (q question) with(more question) question {
	q.method, q.host = cmp.Or(more.method, q.method), cmp.Or(more.host, q.host)
	q.path, q.protocol = cmp.Or(more.path, q.path), cmp.Or(more.protocol, q.protocol)
	if more.from.IsValid() {
		q.from = more.from
	}
	if more.headers != nil {
		q.headers = more.headers
	}
	q.certificate, q.uncached = cmp.Or(more.certificate, q.certificate), more.uncached || q.uncached
	q.bare = more.bare || q.bare
	return q
}

// urlOf is the question's URL at the listener, and what stands in its field Host.
func (q question) urlOf(l gateway.Listener) (url, authority string) {
	standard := map[string]uint16{gateway.SpeaksHTTP: 80, gateway.SpeaksHTTPS: 443}
	if authority = q.host; standard[l.Speaks] != l.At.Port() {
		authority = fmt.Sprintf("%s:%d", q.host, l.At.Port())
	}
	url = l.Speaks + "://" + authority + q.path
	if q.bare {
		authority = q.host
	}
	return url, authority
}

// way is how the question's client talks to the listener. Certified is set when the listener asks for the client's
// certificate.
func (s *survey) way(l gateway.Listener, q question, certified *bool) client.Way {
	way := client.Way{Proxied: client.Proxied(l.Proxied)}
	secure := l.Speaks == gateway.SpeaksHTTPS
	if secure {
		// Any certificate will do: it is the gateway that answers.
		way.TLS = &tls.Config{ServerName: q.host, InsecureSkipVerify: true}
		way.TLS.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if *certified = true; q.certificate == "" {
				return &tls.Certificate{}, nil
			}
			return s.authority.IssueClient(q.certificate)
		}
	}
	switch cmp.Or(q.protocol, l.Protocol) {
	case gateway.HTTP10:
		way.Protocol = client.HTTP10
	case gateway.HTTP2, gateway.GRPC:
		way.Protocol = client.H2C
		if secure {
			way.Protocol = client.H2
		}
	}
	return way
}

// sendOnce sends one request, and notes which upstreams were asked because of it. It may be called by several
// goroutines.
func (s *survey) sendOnce(ctx context.Context, l gateway.Listener, q question) attempt {
	q = question{method: http.MethodGet, host: Host, path: "/"}.with(q)
	s.mu.Lock()
	s.serial++
	nonce := noncePrefix + strconv.Itoa(s.serial)
	s.mu.Unlock()
	t := attempt{question: q, listener: l}
	request := client.Request{Method: q.method, Target: q.path, Header: []client.Field{
		{Name: stamp.Nonce, Value: nonce},
		{Name: "User-Agent", Value: "Mozilla/5.0 (X11; Linux x86_64) Gatequake"},
		{Name: "Accept", Value: "*/*"},
	}}
	if t.url, request.Host = q.urlOf(l); q.uncached {
		request.Target = gateway.Uncached(q.path, nonce)
	}
	for _, name := range slices.Sorted(maps.Keys(q.headers)) {
		request.Header = append(request.Header, client.Field{Name: name, Value: q.headers[name]})
	}
	switch {
	case q.protocol == gateway.GRPC:
		envelop(&request)
	case q.method != http.MethodGet:
		request.Body = []byte("survey\n")
	}
	ctx, cancel := context.WithTimeout(ctx, s.patienceAt(l))
	defer cancel()
	begun := time.Now()
	r := s.exchange(ctx, l, q, request, &t.certified)
	t.status, t.header, t.trailer, t.body, t.end = r.Status, r.Header, r.Trailer, r.Body, r.End
	t.alert = strings.Contains(r.Error, "remote error: tls: ") // As crypto/tls words an alert (RFC 8446, section 6).
	t.asked = s.upstreamsAsked(nonce)
	if of := r.Header.Get(stamp.Answer); of != nonce && strings.HasPrefix(of, noncePrefix) && len(t.asked) == 0 {
		t.stored = of
	}
	s.noteOutcome(t)
	s.noteSent(&t, originOf(r, nonce), nonce, begun)
	s.mu.Lock()
	defer s.mu.Unlock()
	// The upstreams of the harness send neither.
	s.own.Server = cmp.Or(s.own.Server, r.Header.Get("Server"), r.Header.Get("Via"))
	return t
}

// exchange sends the request as the question's clients do.
func (s *survey) exchange(
	ctx context.Context, l gateway.Listener, q question, request client.Request, certified *bool,
) client.Response {
	way, from := s.way(l, q, certified), s.clientOf(l, q)
	if q.protocol != gateway.WebSocket {
		return way.Once(ctx, l.Door(), from, request)
	}
	c, err := way.Open(ctx, l.Door(), from)
	if err != nil {
		return client.Response{End: client.EndOf(err), Error: err.Error()}
	}
	defer func() { _ = c.Close() }()
	return c.Talk(ctx, request, "survey")
}

// upstreamsAsked lists the upstreams that heard of the nonce.
func (s *survey) upstreamsAsked(nonce string) []upstreamKey {
	all := []upstreamKey{}
	note := func(p upstreamKey) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	conns := s.catchAll.Connections()
	for _, h := range s.catchAll.HitsOf(nonce) {
		if h.Connection > 0 && h.Connection <= len(conns) {
			note(upstreamKey{at: conns[h.Connection-1].To})
		}
	}
	for i, a := range s.sockets {
		if len(a.HitsOf(nonce)) > 0 {
			note(upstreamKey{socket: s.words.sockets[i]})
		}
	}
	return all
}
