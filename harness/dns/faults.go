package dns

import (
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// Rcode is the fault of a server that answers at once, with this code and no records.
type Rcode int

const (
	// NXDOMAIN says that the name does not exist, with the SOA record that makes it final.
	NXDOMAIN Rcode = dns.RcodeNameError
	// SERVFAIL says that the server could not find out: clients may try the next server.
	SERVFAIL Rcode = dns.RcodeServerFailure
	// REFUSED says that the server will not answer this client.
	REFUSED Rcode = dns.RcodeRefused
)

// Break answers with the code.
func (r Rcode) Break(_ Query, healthy *dns.Msg) Answer {
	healthy.Rcode, healthy.Answer, healthy.Ns = int(r), nil, nil
	if r == NXDOMAIN {
		healthy.Ns = authority(0)
	} else {
		healthy.Authoritative = false // who did not look has no authority
	}
	return Answer{Message: healthy}
}

// String returns the name of the code, as in NXDOMAIN.
func (r Rcode) String() string { return token(int(r)) }

// NoName is the fault of a server that says that the name does not exist, and that this may be remembered for so
// long, in whole seconds (RFC 2308, section 5).
type NoName time.Duration

// Break answers NXDOMAIN.
func (n NoName) Break(asked Query, healthy *dns.Msg) Answer {
	answer := NXDOMAIN.Break(asked, healthy)
	answer.Message.Ns = authority(uint32(time.Duration(n) / time.Second))
	return answer
}

// NoData is the fault of a name that exists and has no record of the type that was asked for: NOERROR, no answer,
// an SOA record.
type NoData struct{}

// Break empties the answer.
func (NoData) Break(_ Query, healthy *dns.Msg) Answer {
	healthy.Rcode, healthy.Answer, healthy.Ns = dns.RcodeSuccess, nil, authority(0)
	return Answer{Message: healthy}
}

// WrongAddress is the fault of a record that is wrong: the name has this one address, and none of the other family.
// Its time to live is 0.
type WrongAddress struct{ Address netip.Addr }

// Break answers with the address, or with no data when the other family was asked for.
func (e WrongAddress) Break(_ Query, healthy *dns.Msg) Answer {
	healthy.Rcode = dns.RcodeSuccess
	healthy.Answer, healthy.Ns = answers(healthy.Question[0], []netip.Addr{e.Address.Unmap()}, 0), nil
	if len(healthy.Answer) == 0 {
		healthy.Ns = authority(0)
	}
	return Answer{Message: healthy}
}

// CNAMELoop is the fault of a zone in which a name is an alias of another that is an alias of the first.
type CNAMELoop struct{}

// Break answers with the two aliases and no address.
func (CNAMELoop) Break(asked Query, healthy *dns.Msg) Answer {
	name, other := dns.Fqdn(asked.Name), "loop."+dns.Fqdn(asked.Name)
	alias := func(of, to string) dns.RR {
		return &dns.CNAME{Hdr: dns.RR_Header{Name: of, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: to}
	}
	healthy.Rcode, healthy.Ns = dns.RcodeSuccess, nil
	healthy.Answer = []dns.RR{alias(name, other), alias(other, name)}
	return Answer{Message: healthy}
}

// Truncated is the fault of a server whose answers do not fit into UDP while its TCP port is closed to clients:
// over UDP the TC bit and no records, over TCP silence.
type Truncated struct{}

// Break truncates over UDP and is silent over TCP.
func (Truncated) Break(asked Query, healthy *dns.Msg) Answer {
	if asked.Proto == "tcp" {
		return Answer{}
	}
	healthy.Truncated, healthy.Answer, healthy.Ns = true, nil, nil
	return Answer{Message: healthy}
}

// WrongID is the fault of answers that carry another query's ID, as forged ones do: a client must drop them and
// go on waiting (RFC 5452, section 9.1).
type WrongID struct{}

// Break changes the ID of the right answer.
func (WrongID) Break(_ Query, healthy *dns.Msg) Answer {
	healthy.Id++
	return Answer{Message: healthy}
}

// Garbage is the fault of a server that answers with bytes that are no DNS message, from the right address.
type Garbage struct{}

// Break answers with bytes shorter than the header that every message has (RFC 1035, section 4.1.1: 12 bytes).
func (Garbage) Break(Query, *dns.Msg) Answer { return Answer{Raw: []byte("garbage")} }

// Slow is the fault of a server that gives the right answer, this much later. Queries on one TCP connection wait
// for each other.
type Slow time.Duration

// Break delays the answer.
func (d Slow) Break(_ Query, healthy *dns.Msg) Answer {
	return Answer{Delay: time.Duration(d), Message: healthy}
}

// String returns the delay, as in 300ms.
func (d Slow) String() string { return time.Duration(d).String() }

// Silence is the fault of a server that takes queries, over UDP and TCP, and never answers.
type Silence struct{}

// Break answers nothing.
func (Silence) Break(Query, *dns.Msg) Answer { return Answer{} }
