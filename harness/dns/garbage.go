package dns

import "github.com/miekg/dns"

// Garbage is the fault of a server that answers with bytes that are no DNS message, from the right address.
type Garbage struct{}

// Break answers with bytes shorter than the header that every message has (RFC 1035, section 4.1.1: 12 bytes).
func (Garbage) Break(Query, *dns.Msg) Answer { return Answer{Raw: []byte("garbage")} }
