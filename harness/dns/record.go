package dns

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// record is what a name has.
type record struct {
	addresses []netip.Addr
	seconds   uint32 // to live
}

// Set makes name exist with exactly these addresses, in this order, in place of what it had. Without an address
// it exists and has no data. The time to live is 0, so that a fault shows as soon as it is injected: nothing may
// serve an old answer for long. Caches that count in whole seconds keep even such an answer for the rest of the
// second at most; use a fresh name where that matters.
func (s *Server) Set(name string, ips ...netip.Addr) { s.SetFor(name, 0, ips...) }

// SetFor is Set with a time to live, in whole seconds: a cache may serve what it got for that long.
func (s *Server) SetFor(name string, ttl time.Duration, ips ...netip.Addr) {
	addresses := slices.Clone(ips)
	for i := range addresses {
		// A mapped address is an IPv4 address in disguise and belongs into an A record.
		addresses[i] = addresses[i].Unmap()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[dns.CanonicalName(name)] = record{addresses, uint32(ttl / time.Second)}
}

// Otherwise lets every name that was not Set have the address that any returns for it, which is called with the
// name in lower case and without a dot at its end. A name that begins with an underscore is a service (RFC 2782):
// it is found at ServicePort of the name without the labels that do. Not to be called twice.
func (s *Server) Otherwise(any func(name string) netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.any = any
}

// ServicePort is where every service is that Otherwise makes up.
const ServicePort = 8080

// lookup returns what the name has.
func (s *Server) lookup(name string) (found record, known bool) {
	canonical := dns.CanonicalName(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if found, known = s.records[canonical]; known || s.any == nil {
		return found, known
	}
	if service(canonical) {
		return record{}, true
	}
	return record{addresses: []netip.Addr{s.any(strings.TrimSuffix(canonical, "."))}}, true
}

func service(name string) bool { return strings.HasPrefix(name, "_") }

// host is where the service is.
func host(service string) string {
	for strings.HasPrefix(service, "_") {
		_, service, _ = strings.Cut(service, ".")
	}
	return service
}

// healthy returns what a healthy server answers to request, which has one question, over a transport that carries
// size bytes.
func (s *Server) healthy(request *dns.Msg, size int) *dns.Msg {
	reply := new(dns.Msg).SetReply(request)
	// Gateways take this server for the recursive resolver that resolv.conf promises; some clients call an empty
	// answer without these two bits a lame referral.
	reply.Authoritative, reply.RecursionAvailable = true, true
	if opt := request.IsEdns0(); opt != nil {
		reply.SetEdns0(querySize, opt.Do())
	}
	question := request.Question[0]
	found, known := s.lookup(question.Name)
	switch {
	case request.Opcode != dns.OpcodeQuery:
		reply.Rcode = dns.RcodeNotImplemented
	case question.Qclass != dns.ClassINET && question.Qclass != dns.ClassANY:
		reply.Rcode = dns.RcodeRefused
	default:
		if known && question.Qtype == dns.TypeSRV && service(question.Name) {
			reply.Answer = []dns.RR{&dns.SRV{
				Hdr:  dns.RR_Header{Name: question.Name, Rrtype: dns.TypeSRV, Class: dns.ClassINET},
				Port: ServicePort, Weight: 1, Target: dns.Fqdn(host(question.Name)),
			}}
			// The address comes along: a gateway that finds it here need not ask for it (RFC 2782). HAProxy was
			// seen to ask, and to use no server before it came along.
			target, _ := s.lookup(host(question.Name))
			reply.Extra = append(reply.Extra,
				answers(dns.Question{Name: dns.Fqdn(host(question.Name)), Qtype: dns.TypeA}, target.addresses, 0)...)
			break
		}
		if reply.Answer = answers(question, found.addresses, found.seconds); len(reply.Answer) == 0 {
			reply.Ns = authority(found.seconds)
		}
		if !known {
			reply.Rcode = dns.RcodeNameError
		}
	}
	reply.Truncate(size)
	return reply
}

// answers returns the records of addresses that question asks for, under the name as it was spelled: clients that
// randomise its case compare it.
func answers(question dns.Question, addresses []netip.Addr, seconds uint32) []dns.RR {
	var found []dns.RR
	for _, ip := range addresses {
		kind := dns.TypeAAAA
		if ip.Is4() {
			kind = dns.TypeA
		}
		if question.Qtype != kind && question.Qtype != dns.TypeANY {
			continue
		}
		header := dns.RR_Header{Name: question.Name, Rrtype: kind, Class: dns.ClassINET, Ttl: seconds}
		if kind == dns.TypeA {
			found = append(found, &dns.A{Hdr: header, A: net.IP(ip.AsSlice())})
		} else {
			found = append(found, &dns.AAAA{Hdr: header, AAAA: net.IP(ip.AsSlice())})
		}
	}
	return found
}

// authority is what makes an empty answer final: without an SOA record clients take it for a referral that leads
// nowhere, and ask again. Its owner is the root, above every name. That there was nothing may be remembered for
// as many seconds as an answer (RFC 2308).
func authority(seconds uint32) []dns.RR {
	return []dns.RR{&dns.SOA{
		Hdr:  dns.RR_Header{Name: ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: seconds},
		Ns:   "ns.gatequake.",
		Mbox: "nobody.gatequake.",
		// A serial that never changes says that there is nothing to transfer.
		Serial: 1,
		Minttl: seconds,
	}}
}
