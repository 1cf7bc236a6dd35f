package survey

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
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
	// mostTries bounds the words that are tried.
	mostTries = 200
)

// Host is what clients call a gateway that has no other name.
const Host = "gateway.test"

// noncePrefix begins the nonces of all requests of a survey.
const noncePrefix = "survey-"

// Client is the address that clients come from who may use the gateway.
var Client = netip.MustParseAddr("203.0.113.10")

// attempt is one request to a listener, and what came of it.
type attempt struct {
	url      string
	listener gateway.Listener
	host     string
	path     string
	status   int
	header   http.Header
	body     []byte
	end      client.End
	// The listener speaks TLS, and turned the handshake down: a gateway that makes its certificates itself does
	// so until they are there.
	alert bool
	asked []upstreamKey // the upstreams that were asked because of it
	// from is the origin whose answer it is, by its stamp; "" if it is the gateway's own.
	from  string
	nonce string
}

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
		s.keep(first, others)
		s.keepTwins(ctx, s.askRoots(ctx, twins))
		s.expandPools(ctx)
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
		if nothingFound(before) {
			time.Sleep(pollInterval)
		}
		first = s.askRoots(ctx, fresh)
		others = s.tryWords(ctx, first)
		if now := slices.Concat(first, others); !nothingFound(now) && slices.EqualFunc(before, now, attempt.alike) {
			break
		}
	}
	return first, others
}

// alike reports whether both requests went the same way; which member of a pool was asked does not matter.
func (t attempt) alike(u attempt) bool {
	return t.url == u.url && t.status == u.status && (len(t.asked) > 0) == (len(u.asked) > 0)
}

// nothingFound reports whether nothing was found: no upstream was asked, and all that came was that there is nothing.
func nothingFound(all []attempt) bool {
	return !slices.ContainsFunc(all, func(t attempt) bool { return len(t.asked) > 0 || t.status != http.StatusNotFound })
}

// askRoots asks each listener for its root, again and again while the gateway may still be warming up.
func (s *survey) askRoots(ctx context.Context, listeners []*gateway.Listener) []attempt {
	all := []attempt{}
	for _, l := range listeners {
		t := s.detectProtocol(ctx, l)
		for (l.Speaks != gateway.SpeaksOther || t.alert) && time.Since(s.ready) < t.warmUpTime() &&
			s.process.Dead() == "" && ctx.Err() == nil {
			time.Sleep(pollInterval)
			if t.alert {
				t = s.detectProtocol(ctx, l)
			} else {
				t = s.get(ctx, *l, t.host, "/")
			}
		}
		if l.Speaks != gateway.SpeaksOther {
			all = append(all, t)
		}
	}
	return all
}

// warmUpTime is how long after the start there may still be another answer.
func (t attempt) warmUpTime() time.Duration {
	if t.alert || len(t.asked) == 0 && (t.status == 0 || t.status >= http.StatusInternalServerError) {
		return warmUp
	}
	return 0
}

// detectProtocol finds out what the listener speaks.
func (s *survey) detectProtocol(ctx context.Context, l *gateway.Listener) attempt {
	l.Speaks = gateway.SpeaksHTTP
	plain := s.get(ctx, *l, Host, "/")
	if plain.status != 0 && (plain.status != http.StatusBadRequest || len(plain.asked) > 0) {
		return plain
	}
	l.Speaks = gateway.SpeaksHTTPS // Many gateways answer 400 to a client that does not speak TLS.
	// Some gateways have certificates for their own names alone, and say nothing to clients that ask for others.
	for _, host := range append([]string{Host}, s.words.hosts...) {
		secure := s.get(ctx, *l, host, "/")
		if secure.status != 0 {
			return secure
		}
		plain.alert = plain.alert || secure.alert
	}
	if l.Speaks = gateway.SpeaksHTTP; plain.status == 0 {
		l.Speaks = gateway.SpeaksOther
	}
	return plain
}

// tryWords asks each listener for the words of the configuration.
func (s *survey) tryWords(ctx context.Context, first []attempt) []attempt {
	all, tries := []attempt{}, 0
	for _, t := range first {
		for _, host := range append([]string{Host}, s.words.hosts...) {
			for _, path := range append([]string{"/"}, s.words.paths...) {
				if tries == mostTries || ctx.Err() != nil {
					return all
				}
				if host == t.host && path == "/" {
					continue
				}
				tries++
				all = append(all, s.get(ctx, t.listener, host, path))
			}
		}
	}
	return all
}

func (s *survey) get(ctx context.Context, l gateway.Listener, host, path string) attempt {
	return s.send(ctx, l, http.MethodGet, host, path)
}

// send sends one request, and notes which upstreams were asked because of it.
func (s *survey) send(ctx context.Context, l gateway.Listener, method, host, path string) attempt {
	s.serial++
	nonce := noncePrefix + strconv.Itoa(s.serial)
	authority := host
	standard := map[string]uint16{gateway.SpeaksHTTP: 80, gateway.SpeaksHTTPS: 443}
	if standard[l.Speaks] != l.At.Port() {
		authority = fmt.Sprintf("%s:%d", host, l.At.Port())
	}
	t := attempt{url: l.Speaks + "://" + authority + path, listener: l, host: host, path: path}
	way := client.Way{}
	if l.Speaks == gateway.SpeaksHTTPS {
		// Any certificate will do: it is the gateway that answers.
		way.TLS = &tls.Config{ServerName: host, InsecureSkipVerify: true}
	}
	ctx, cancel := context.WithTimeout(ctx, s.patienceAt(l))
	defer cancel()
	request := client.Request{
		Method: method, Target: path, Host: authority,
		Header: []client.Field{
			{Name: stamp.Nonce, Value: nonce},
			{Name: "User-Agent", Value: "Mozilla/5.0 (X11; Linux x86_64) Gatequake"},
			{Name: "Accept", Value: "*/*"},
		},
	}
	if method != http.MethodGet {
		request.Body = []byte("survey\n")
	}
	from := Client
	if l.Door().Addr().Is6() {
		from = gateway.Client6
	}
	begun := time.Now()
	r := way.Once(ctx, l.Door(), from, request)
	t.status, t.header, t.body, t.end = r.Status, r.Header, r.Body, r.End
	t.alert = strings.Contains(r.Error, "remote error: tls: ") // As crypto/tls words an alert (RFC 8446, section 6).
	t.asked = s.upstreamsAsked(nonce)
	s.noteOutcome(t)
	s.noteSent(&t, originOf(r, nonce), nonce, begun)
	// The upstreams of the harness send neither.
	s.own.Server = cmp.Or(s.own.Server, r.Header.Get("Server"), r.Header.Get("Via"))
	return t
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
