package dns

import "github.com/miekg/dns"

// CNAMELoop is the fault of a zone in which a name is an alias of another that is an alias of the first.
type CNAMELoop struct{}

// Break answers with the two aliases and no address.
func (CNAMELoop) Break(asked Query, sound *dns.Msg) Answer {
	name, other := dns.Fqdn(asked.Name), "loop."+dns.Fqdn(asked.Name)
	alias := func(of, to string) dns.RR {
		return &dns.CNAME{Hdr: dns.RR_Header{Name: of, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: to}
	}
	sound.Rcode, sound.Ns = dns.RcodeSuccess, nil
	sound.Answer = []dns.RR{alias(name, other), alias(other, name)}
	return Answer{Message: sound}
}
