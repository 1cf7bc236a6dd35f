package survey

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// knownUpstream is an upstream that the gateway dialled, with all that was heard of it.
type knownUpstream struct {
	upstreamKey
	gateway.Upstream
	trouble string
}

// conclude makes the description of the gateway from what was seen.
func (s *survey) conclude(context.Context) error {
	s.found.Background = s.process.Background()
	s.noteNames()
	all := s.upstreams()
	s.noteUnsolicited(all)
	s.warnLimits()
	s.warnLocked()
	for _, u := range all {
		s.own.Upstreams = append(s.own.Upstreams, u.Upstream)
	}
	for _, k := range s.kept {
		p := s.probeOf(k)
		for _, u := range all {
			if slices.Contains(k.asked, u.upstreamKey) {
				p.Upstreams = append(p.Upstreams, u.Name)
				k.setRole(&p, u)
			}
		}
		if k.all {
			p.Asks = gateway.AsksAll
		}
		s.own.Probes = append(s.own.Probes, p)
	}
	for _, u := range all {
		touched := slices.ContainsFunc(s.own.Probes,
			func(p gateway.Probe) bool { return slices.Contains(p.Upstreams, u.Name) })
		switch {
		case u.trouble != "":
			s.warn("%s (%s): the TLS handshake failed: %s; if the configuration names an authority in a file, list "+
				"the file under trust", u.Name, u.Where(), u.trouble)
		case !touched:
			s.warn("no probe touches %s (%s): add one that does", u.Name, u.Where())
		}
	}
	s.noteUnreached()
	s.found.MissingFiles = s.missingConfigFiles()
	s.found.MissingScripts = s.missingScripts()
	for _, script := range s.found.MissingScripts {
		s.warn("%s is not there, so that the gateway asks no upstream for it: put it there (an empty file will do)", script)
	}
	if n := len(s.found.StandIns); n > 0 {
		s.warn("the gateway does not start here: %s missing; this is what it does with stand-ins for them",
			counted(n, "file or folder is", "files or folders are"))
	}
	if s.missing.Why != nil {
		s.warn("which files it did not find is not known: %v", s.missing.Why)
	}
	s.found.Own, s.found.Log = s.own, s.process.Since(nil)
	return nil
}

// probeOf is the candidate as a file says it.
func (s *survey) probeOf(k candidateProbe) gateway.Probe {
	p := gateway.Probe{
		Name: s.probeName(k), URL: k.url, Methods: k.methods, Headers: k.headers, Protocol: k.protocol,
		Certificate: k.certificate, Uncached: k.uncached, Passes: k.passes,
		Expect: gateway.Expect{Status: k.status},
	}
	if k.bare {
		p.Headers = maps.Clone(p.Headers)
		if p.Headers == nil {
			p.Headers = map[string]string{}
		}
		p.Headers[gateway.HostField] = k.host
	}
	switch {
	case k.from.IsValid():
		p.From = k.from.String()
	case s.spread && k.twin:
		p.From = clients6.String()
	case s.spread:
		p.From = clients.String()
	case k.twin:
		p.From = gateway.Client6.String()
	}
	return p
}

// noteNames notes the names that the gateway looked up, and when.
func (s *survey) noteNames() {
	for _, q := range s.names.Queries() {
		i := slices.IndexFunc(s.found.Names, func(n Name) bool { return n.Name == q.Name })
		if i < 0 {
			n := Name{Name: q.Name, When: gateway.AtStart, first: q.At}
			if q.At.After(s.asking) { // Not before a client asked for what is there.
				n.When = gateway.AtRunTime
			}
			s.found.Names = append(s.found.Names, n)
			i = len(s.found.Names) - 1
		}
		n := &s.found.Names[i]
		if !slices.Contains(n.Types, q.Type) {
			n.Types = append(n.Types, q.Type)
		}
		if server := gateway.NameserverCalled(q.To); !slices.Contains(n.Asked, server) {
			n.Asked = append(n.Asked, server)
		}
		// A name's address is asked for in both families, and perhaps twice.
		if q.At.After(s.served) && q.At.Sub(n.first) > gateway.Again/2 {
			n.When = gateway.AtRunTime
		}
	}
	for _, n := range s.found.Names {
		slices.Sort(n.Types)
		slices.Sort(n.Asked)
	}
	slices.SortFunc(s.found.Names, func(a, b Name) int { return strings.Compare(a.Name, b.Name) })
}

// upstreams lists the upstreams that were dialled, by name.
func (s *survey) upstreams() []knownUpstream {
	all := []knownUpstream{}
	note := func(p upstreamKey, h upstream.ConnInfo) {
		i := slices.IndexFunc(all, func(u knownUpstream) bool { return u.upstreamKey == p })
		if i < 0 {
			all = append(all, knownUpstream{upstreamKey: p, Upstream: s.identify(p)})
			i = len(all) - 1
		}
		u := &all[i]
		u.TLS, u.Proxied = u.TLS || h.TLS, u.Proxied || h.Proxied
		if u.SNI == "" {
			u.SNI = h.SNI
		}
		if h.Speaks != upstream.NothingSpoken && (u.Speaks == "" || u.Speaks == string(upstream.OtherSpoken)) {
			u.Speaks, u.trouble = string(h.Speaks), ""
		}
		if u.Speaks == "" && h.TLS && !h.Gone { // A check that ends its connection turns no certificate down.
			u.trouble = h.Trouble
		}
	}
	listening := ports(listeners(s.own.Listeners))
	certified := s.catchAll.Certified()
	for _, h := range s.catchAll.Connections() {
		if slices.Contains(certified, h.To) || certifierName.MatchString(s.nameOf(h.To.Addr())) && !s.serves(h.To) {
			s.noteAuthority(h.To)
			continue // No client's request goes there.
		}
		if gateway.LoopbackOf(h.To.Addr()).IsLoopback() && slices.Contains(listening, h.To.Port()) {
			continue // The gateway itself, before it was known to listen there.
		}
		note(upstreamKey{at: h.To}, h)
	}
	for _, c := range s.givenUp() { // Who is asked for nothing else is an upstream all the same.
		if !gateway.LoopbackOf(c.upstreamKey.at.Addr()).IsLoopback() || !slices.Contains(listening, c.upstreamKey.at.Port()) {
			note(c.upstreamKey, upstream.ConnInfo{})
		}
	}
	for i, a := range s.sockets {
		for _, h := range a.Connections() {
			note(upstreamKey{socket: s.words.sockets[i]}, h)
		}
	}
	names := map[string]int{}
	for i := range all {
		names[all[i].Name]++
		if all[i].Speaks == "" {
			all[i].Speaks = string(upstream.OtherSpoken)
		}
	}
	for i := range all {
		if u := &all[i]; names[u.Name] > 1 {
			u.Name = strings.ReplaceAll(u.Where(), "/", "-")
		}
	}
	// Which upstream is dialled first is a matter of chance.
	slices.SortFunc(all, func(a, b knownUpstream) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// serves reports whether a client's request reached who was dialled there.
func (s *survey) serves(at netip.AddrPort) bool {
	return slices.ContainsFunc(s.kept, func(k candidateProbe) bool {
		return slices.Contains(k.asked, upstreamKey{at: at})
	})
}

// certifierName is of who issues certificates by ACME, whom a gateway may not have got to ask yet.
var certifierName = regexp.MustCompile(`\bacme\b`)

// noteAuthority notes who issues the gateway's certificates.
func (s *survey) noteAuthority(at netip.AddrPort) {
	name := s.nameOf(at.Addr())
	if name == "" {
		name = at.Addr().String()
	}
	who := net.JoinHostPort(name, strconv.Itoa(int(at.Port())))
	if !slices.Contains(s.own.Authorities, who) {
		s.own.Authorities = append(s.own.Authorities, who)
	}
}

func listeners(all []gateway.Listener) (at []netip.AddrPort) {
	for _, l := range all {
		at = append(at, l.At)
	}
	return at
}

// identify tells how the gateway calls what is there.
func (s *survey) identify(p upstreamKey) gateway.Upstream {
	if p.socket != "" {
		return gateway.Upstream{
			Name:   strings.TrimSuffix(filepath.Base(p.socket), filepath.Ext(p.socket)),
			Socket: p.socket,
		}
	}
	u := gateway.Upstream{Port: p.at.Port()}
	a := p.at.Addr()
	if name := s.nameOf(a); name != "" {
		u.Host = name
		u.Name, _, _ = strings.Cut(name, ".")
		if i := slices.IndexFunc(s.found.Names, func(n Name) bool { return n.Name == name }); i >= 0 {
			u.Looked, u.Nameserver = s.found.Names[i].When, s.found.Names[i].Asked[0]
		}
		return u
	}
	u.Address = gateway.LoopbackOf(a).String()
	u.Name = u.Where()
	return u
}

var notName = regexp.MustCompile(`[^a-z0-9.-]+`)

// probeName is a short name for what was tried.
func (s *survey) probeName(t candidateProbe) string {
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(t.path), "-"), "-")
	if name == "" {
		name = "root"
	}
	if t.host != Host {
		name = t.host + "-" + name
	}
	ports := map[uint16]bool{}
	for _, l := range s.own.Listeners {
		if l.Speaks != gateway.SpeaksOther {
			ports[l.At.Port()] = true
		}
	}
	if len(ports) > 1 {
		name += "-" + strconv.Itoa(int(t.listener.At.Port()))
	}
	for _, field := range slices.Sorted(maps.Keys(t.headers)) {
		if field == "Cookie" {
			field, _, _ = strings.Cut(t.headers[field], "=")
		}
		name += "-" + strings.Trim(notName.ReplaceAllString(strings.ToLower(field), "-"), "-")
	}
	if t.protocol == "" && t.method != http.MethodGet {
		name += "-" + strings.ToLower(t.method)
	}
	if t.protocol != "" {
		name += "-" + notName.ReplaceAllString(t.protocol, "")
	}
	if t.twin {
		name += "-ipv6"
	}
	isTaken := func(p gateway.Probe) bool { return p.Name == name }
	for i, taken := 2, name; slices.ContainsFunc(s.own.Probes, isTaken); i++ {
		name = fmt.Sprintf("%s-%d", taken, i)
	}
	return name
}
