package survey

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/message"
)

// Unreached are things of one kind in the configuration that no probe reached, or that lead to no upstream, for all of
// which the survey saw the same.
type Unreached struct {
	// What says which kind it is: a listener, host, path, socket, name or address.
	What string `json:"what"`
	// Names are the things themselves; Saw is what came of asking for them.
	Names []string `json:"names"`
	Saw   string   `json:"saw"`
	// Try is what a probe in the file needs to reach an upstream: a key of gatequake.yaml; or "nothing", and why.
	Try string `json:"try"`
	// URL is one that was asked for in vain; empty for what was not asked for.
	URL string `json:"url"`
}

// The kinds.
const (
	theListener = "listener"
	theHost     = "host"
	thePath     = "path"
	theSocket   = "socket"
	theName     = "name"
	theAddress  = "address"
)

// outcome is what came of one request.
type outcome struct {
	at         netip.AddrPort
	host, path string
	url        string
	status     int
	end        client.End
	says       string
	to         string // where it redirects to
	reached    bool
	certified  bool // The client had a certificate.
}

// noteOutcome keeps what came of a request, for what is told at the end. It may be called by several goroutines.
func (s *survey) noteOutcome(t attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doingRequests()
	s.outcomes = append(s.outcomes, outcome{
		t.listener.At, t.host, t.path, t.url, t.status, t.end, says(t), t.header.Get("Location"), len(t.asked) > 0,
		t.certificate != "",
	})
}

// A listener that said nothing to the first muteAfter requests, each of which waited for askPatience, is taken for
// mute: the others wait for no longer than mutePatience, so that such a gateway is known in some seconds.
const (
	muteAfter    = 3
	mutePatience = 100 * time.Millisecond
)

// patienceAt is how long a request to the listener may take.
func (s *survey) patienceAt(l gateway.Listener) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	mute := 0
	for _, o := range s.outcomes {
		switch {
		case o.at != l.At:
		case o.status != 0 || o.reached || o.end != client.TimedOut:
			return askPatience
		default:
			mute++
		}
	}
	if mute < muteAfter {
		return askPatience
	}
	return mutePatience
}

// noteUnreached lists what no request reached, and what looks like an upstream and was not dialled.
func (s *survey) noteUnreached() {
	s.outcomes = slices.DeleteFunc(s.outcomes, func(o outcome) bool {
		return s.misspoken(o) || !o.reached && o.status != 0 && s.internal(o.at)
	})
	for _, l := range s.own.Listeners {
		if s.internal(l.At) && l.Speaks != gateway.SpeaksOther {
			continue // What it answers is listed as its own answer.
		}
		here := func(o outcome) bool { return o.at.Port() == l.At.Port() }
		answers := slices.ContainsFunc(s.outcomes, func(o outcome) bool {
			return here(o) && o.status > 0 && o.status < http.StatusBadRequest // Which is listed as its own answer.
		})
		if of := s.outcomesOf(here); of != nil && (l.Speaks == gateway.SpeaksOther || !answers) {
			s.unreached(theListener, l.At.String(), of, l.Speaks)
		}
	}
	for _, host := range s.words.named {
		if s.isDialled(host) || slices.ContainsFunc(s.mentioned(), func(to string) bool { return host == hostPart(to) }) {
			continue // It is no name of the gateway's, but of an upstream.
		}
		of := s.outcomesOf(func(o outcome) bool { return o.host == host })
		if of != nil && (strings.Contains(host, ".") || !s.likeAnyHost(of)) {
			s.unreached(theHost, host, of, "")
		}
	}
	for _, path := range s.words.paths {
		if path == "/" || slices.Contains(s.words.parts, path) {
			continue
		}
		of := s.outcomesOf(func(o outcome) bool { return o.path == path })
		if of == nil {
			continue
		}
		if own := s.outcomesOf(func(o outcome) bool {
			return o.path == path && s.words.belong(question{host: o.host, path: path})
		}); own.end != neverSent {
			of = own // What came of it at the hosts that have the path tells more.
		}
		s.unreached(thePath, path, of, "")
	}
	for i, socket := range s.words.sockets {
		if i < len(s.sockets) && len(s.sockets[i].Connections()) == 0 {
			s.undialled(theSocket, socket, "never dialled")
		}
	}
	for _, n := range s.found.Names {
		addresses := slices.Contains(n.Types, "A") || slices.Contains(n.Types, "AAAA") // Not who serves, as of SRV.
		if addresses && !s.isDialled(n.Name) && !s.certifies(n.Name) && !s.servesHost(n.Name) {
			s.undialled(theName, n.Name, "looked up, never dialled")
		}
	}
	for _, to := range s.mentioned() {
		looked := slices.ContainsFunc(s.found.Names, func(n Name) bool { return n.Name == hostPart(to) })
		called := slices.Contains(s.words.named, hostPart(to)) // By clients, as in http://www.example.com:8080 { of Caddy.
		if !looked && !called && !s.isDialled(to) && !s.redirectsTo(to) && !s.certifies(hostPart(to)) {
			s.undialled(theAddress, to, "never dialled")
		}
	}
}

// outcomesOf returns one outcome for those that are so: nil if one of them reached an upstream or leads to one, the one
// that tells most if none did, and that of a request that was not sent if there is none.
func (s *survey) outcomesOf(are func(outcome) bool) *outcome {
	best := (*outcome)(nil)
	for i, o := range s.outcomes {
		switch {
		case !are(o):
		case o.reached || s.leadsOn(o):
			return nil
		case best == nil || telling(o.status) > telling(best.status):
			best = &s.outcomes[i]
		}
	}
	if best == nil {
		return &outcome{says: "not asked for", end: neverSent}
	}
	return best
}

// misspoken reports whether the request was in plain text and the listener turned out to speak TLS: what is answered
// then tells of no host and no path.
func (s *survey) misspoken(o outcome) bool {
	return strings.HasPrefix(o.url, gateway.SpeaksHTTP+":") && slices.ContainsFunc(s.own.Listeners,
		func(l gateway.Listener) bool { return l.At == o.at && l.Speaks == gateway.SpeaksHTTPS })
}

// internal reports whether the listener is for the machine itself, as for administration, where others are for clients.
func (s *survey) internal(at netip.AddrPort) bool {
	return at.Addr().IsLoopback() && slices.ContainsFunc(s.own.Listeners, func(l gateway.Listener) bool {
		return !l.At.Addr().IsLoopback()
	})
}

// leadsOn reports whether the outcome is a redirect to another host or path, and some request reached an upstream at
// that host: then nothing is left to find behind it.
func (s *survey) leadsOn(o outcome) bool {
	to, err := url.Parse(o.to)
	if o.to == "" || err != nil {
		return false
	}
	host := cmp.Or(to.Hostname(), o.host)
	return (host != o.host || to.Path != o.path) &&
		slices.ContainsFunc(s.outcomes, func(r outcome) bool { return r.reached && r.host == host })
}

// neverSent is the end of a request that was not sent.
const neverSent client.End = "not asked"

// telling sorts statuses by how much they tell of the way in: one that is refused more than one that is not there, and
// that more than one that is sent elsewhere, as all of plain HTTP often is; a page of the gateway's own, such as its
// statistics, more than the failure of a path beside it.
func telling(status int) int {
	switch status {
	case http.StatusNotFound:
		return 2
	case 0:
		return 0
	case http.StatusOK:
		return 4
	}
	if status >= http.StatusMultipleChoices && status < http.StatusBadRequest {
		return 1
	}
	return 3
}

// likeAnyHost reports whether a host that nobody has got the same: a word of one label may be no host at all.
func (s *survey) likeAnyHost(of *outcome) bool {
	return slices.ContainsFunc(s.outcomes, func(o outcome) bool {
		return o.host == Host && o.at == of.at && o.path == of.path && o.status == of.status &&
			strings.ReplaceAll(o.says, Host, of.host) == of.says // A redirect may name the host.
	})
}

// unreached adds a thing that was asked for to those of its kind of which the same was seen. Speaks is what a listener
// speaks.
func (s *survey) unreached(what, name string, o *outcome, speaks string) {
	saw, try := o.says, o.try()
	if o.status != 0 {
		saw = fmt.Sprintf("%d %s", o.status, o.says)
	}
	if o.to != "" {
		saw = fmt.Sprintf("%d, a redirect", o.status)
	}
	if speaks == gateway.SpeaksOther {
		saw, try = speaks+" ("+string(o.end)+")", "nothing, if it is not for clients"
	}
	s.add(Unreached{What: what, Names: []string{name}, Saw: saw, Try: try, URL: o.url})
}

func (s *survey) undialled(what, name, saw string) {
	s.add(Unreached{What: what, Names: []string{name}, Saw: saw, Try: "url: one that leads there"})
}

func (s *survey) add(u Unreached) {
	i := slices.IndexFunc(s.found.Unreached, func(o Unreached) bool {
		return o.What == u.What && o.Saw == u.Saw && o.Try == u.Try
	})
	switch {
	case i < 0:
		s.found.Unreached = append(s.found.Unreached, u)
	case !slices.Contains(s.found.Unreached[i].Names, u.Names[0]):
		s.found.Unreached[i].Names = append(s.found.Unreached[i].Names, u.Names[0])
	}
}

// try is the key of a probe that most likely lets the request in.
func (o *outcome) try() string {
	switch {
	case o.end == neverSent:
		return "url: with it"
	case o.status == 0:
		return "url: another host, or protocol: http/2"
	case o.to != "":
		return "url: where it leads to"
	case o.status == http.StatusUnauthorized || o.status == http.StatusProxyAuthRequired:
		return "headers: {Authorization: ...}"
	case o.status == http.StatusForbidden:
		return "from: an address that is let in, or headers"
	case o.status == http.StatusNotFound || o.status == http.StatusMisdirectedRequest:
		return "url: another host or path"
	case o.status == http.StatusMethodNotAllowed:
		return "methods: [POST]"
	case o.status == http.StatusUpgradeRequired:
		return "protocol: websocket"
	case o.status == http.StatusTooManyRequests:
		return "nothing: too many requests came; survey it again"
	case o.status >= http.StatusInternalServerError:
		return "nothing: the gateway failed; see its log"
	case o.status >= http.StatusBadRequest:
		return "headers, or body, that it takes"
	}
	return "nothing, if the gateway itself shall answer"
}

// isDialled reports whether the host, address, or either with a port, is one of an upstream that was dialled.
func (s *survey) isDialled(to string) bool {
	return slices.ContainsFunc(s.own.Upstreams, func(u gateway.Upstream) bool {
		where := u.Where()
		return to == where || to == u.Host || to == u.SNI || to == u.Address
	})
}

// servesHost reports whether clients reach an upstream by the name, which is then the gateway's own.
func (s *survey) servesHost(name string) bool {
	return slices.ContainsFunc(s.outcomes, func(o outcome) bool { return o.host == name && o.reached })
}

// certifies reports whether certificates come from the host, and no answers for clients.
func (s *survey) certifies(host string) bool {
	return certifierName.MatchString(host) ||
		slices.ContainsFunc(s.own.Authorities, func(who string) bool { return hostPart(who) == host })
}

// redirectsTo reports whether clients are sent there.
func (s *survey) redirectsTo(to string) bool {
	return slices.ContainsFunc(s.outcomes, func(o outcome) bool {
		return o.to != "" && strings.Contains(o.to, "//"+hostPart(to))
	})
}

var (
	// byURL, byAddress and byName are the ways in which configurations name whom to dial: a URL, an address with its
	// port, a name with its port.
	byURL = regexp.MustCompile(`\b(https?|h2c?|grpcs?|fastcgi|fcgi|uwsgi|scgi|ajp|wss?)://` +
		`([a-z0-9_][a-z0-9_.-]*[a-z0-9]|\[[0-9a-f:.]+\])(?::(\d{2,5}))?(?:[/"'\s;,)\]}]|$)`)
	byAddress = regexp.MustCompile(`(?:^|[^0-9a-z.:])(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):(\d{2,5})(?:[^0-9a-z.:]|$)`)
	byName    = regexp.MustCompile(`(?:^|[\s"'=,({\[@])([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*):(\d{2,5})(?:[\s"';,)}\]/]|$)`)
	// told are lines that name whom clients shall go to, and no upstream.
	told = regexp.MustCompile(`(?i)redirect|\breturn\b|rewrite|header|origin|\bssl_stapling|\$schema`)
)

// standardPorts are those of URLs that name none.
var standardPorts = map[string]string{
	"http": "80", "h2": "443", "h2c": "80", "ws": "80", "https": "443", "wss": "443", "grpc": "80", "grpcs": "443",
	"fastcgi": "9000", "fcgi": "9000", "uwsgi": "3031", "scgi": "4000", "ajp": "8009",
}

// mentioned lists what the configuration's words have that looks like an upstream, host:port each.
func (s *survey) mentioned() (all []string) {
	if s.looksLike != nil {
		return s.looksLike
	}
	_, config, _ := strings.Cut(s.words.text, "\n") // Behind the command.
	until := time.Now().Add(mostWords.time)
	for line := range strings.Lines(config) {
		if word := strings.TrimSpace(line); strings.HasPrefix(word, "#") || strings.HasPrefix(word, "//") {
			continue
		}
		if time.Now().After(until) {
			break
		}
		for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";{}", r) }) {
			if !told.MatchString(part) {
				s.mentionAll(&all, part)
			}
		}
	}
	s.looksLike = append([]string{}, all...)
	return all
}

// mentionAll adds what looks like an upstream in a part of a line. A name of one label in a URL with no port may be one
// that the configuration gives to a group.
func (s *survey) mentionAll(all *[]string, part string) {
	for _, m := range byURL.FindAllStringSubmatch(part, -1) {
		port := m[3]
		if port == "" && !strings.ContainsAny(m[2], ".:") {
			continue
		}
		s.mention(all, m[2], cmp.Or(port, standardPorts[m[1]]))
	}
	for _, kind := range []*regexp.Regexp{byAddress, byName} {
		for _, m := range kind.FindAllStringSubmatch(part, -1) {
			s.mention(all, m[1], m[2])
		}
	}
}

// mention adds what looks like an upstream, unless it is the gateway itself, or a nameserver.
func (s *survey) mention(all *[]string, host, port string) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || port == "53" {
		return
	}
	host = strings.Trim(host, "[]")
	a, err := netip.ParseAddr(host)
	if host == "localhost" {
		a, host, err = netip.MustParseAddr("127.0.0.1"), "127.0.0.1", nil
	}
	if err == nil && slices.ContainsFunc(s.own.Listeners, func(l gateway.Listener) bool {
		return l.At.Port() == uint16(n) && (a.IsUnspecified() || a.IsLoopback() || l.At.Addr() == a)
	}) || err == nil && a.IsUnspecified() || err != nil && strings.Trim(host, "0123456789.") == "" {
		return
	}
	if to := net.JoinHostPort(host, port); len(*all) < maxHosts*maxHosts && !slices.Contains(*all, to) {
		*all = append(*all, to)
	}
}

// hostPart is the host of host:port.
func hostPart(to string) string {
	host, _, err := net.SplitHostPort(to)
	if err != nil {
		return to
	}
	return host
}

// Reaches reports whether a probe reaches an upstream: without one there is nothing to break.
func (f Found) Reaches() bool {
	return slices.ContainsFunc(f.Own.Probes, func(p gateway.Probe) bool { return len(p.Upstreams) > 0 })
}

// Advice says in a line what to do about a gateway of which no probe reaches an upstream.
func (f Found) Advice() string {
	if len(f.MissingScripts) > 0 {
		return "put " + f.MissingScripts[0] + " where it is looked for (an empty file will do), and survey it again"
	}
	url, try := "http://HOST/PATH", ""
	for _, u := range f.Unreached {
		if u.URL != "" && u.Try != "" && u.What != thePath {
			url, try = u.URL, " ("+u.Saw+"; "+u.Try+")"
			break
		}
	}
	advice := fmt.Sprintf("add a probe that does to the file, such as {name: in, url: %q, expect: {status: 200}}%s",
		url, try)
	if likely := message.Likely(f.Log); likely != "" {
		advice += "; its log says: " + likely
	}
	return advice
}
