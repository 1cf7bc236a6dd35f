package dns

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// askedMax bounds the record of queries: far more than an experiment asks, and under a megabyte when a client
// floods the server.
const askedMax = 4096

// Query is the record of one question and its answer.
type Query struct {
	Name   string         // lower case, without the last dot
	Type   string         // A, AAAA, SRV …
	Proto  string         // udp or tcp
	From   netip.AddrPort // who asked
	To     netip.Addr     // which of our addresses; invalid where the system does not tell
	At     time.Time      // when it came in
	Answer string         // an rcode (NOERROR, NXDOMAIN, SERVFAIL …), "silence", or "raw" for bytes that are no message
}

// Queries returns what was asked, oldest first: the newest 2,048 at least, 4,096 at most. A query is in it before
// its answer is sent, so a client that got an answer finds its query here. Bytes that are no query are not in it.
func (s *Server) Queries() []Query {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.asked)
}

func (s *Server) note(q Query) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == askedMax {
		s.asked = append(s.asked[:0], s.asked[askedMax/2:]...) // by halves, so that forgetting costs little per query
	}
	s.asked = append(s.asked, q)
}

func query(request *dns.Msg, from, to net.Addr) Query {
	question := request.Question[0]
	q := Query{
		Name:  plain(question.Name),
		Type:  dns.Type(question.Qtype).String(),
		Proto: from.Network(),
		At:    time.Now(),
		To:    asked(from),
	}
	if at, err := netip.ParseAddrPort(to.String()); err == nil && q.Proto == "tcp" {
		q.To = at.Addr().Unmap()
	}
	// Both kinds of address have this form; anything else would leave From zero.
	if at, err := netip.ParseAddrPort(from.String()); err == nil {
		q.From = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return q
}

// plain writes a name the way people do.
func plain(name string) string {
	if name = dns.CanonicalName(name); name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}

// token writes an rcode as its RFC names it, or as its number when it has no name.
func token(rcode int) string {
	if name, ok := dns.RcodeToString[rcode]; ok {
		return name
	}
	return "RCODE" + strconv.Itoa(rcode)
}
