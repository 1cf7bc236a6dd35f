package dns

import "github.com/miekg/dns"

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
func (r Rcode) Break(_ Query, sound *dns.Msg) Answer {
	sound.Rcode, sound.Answer, sound.Ns = int(r), nil, nil
	if r == NXDOMAIN {
		sound.Ns = authority(0)
	} else {
		sound.Authoritative = false // who did not look has no authority
	}
	return Answer{Message: sound}
}

// String returns the name of the code, as in NXDOMAIN.
func (r Rcode) String() string { return token(int(r)) }
