package dns

import "github.com/miekg/dns"

// NoData is the fault of a name that exists and has no record of the type that was asked for: NOERROR, no answer,
// an SOA record.
type NoData struct{}

// Break empties the answer.
func (NoData) Break(_ Query, sound *dns.Msg) Answer {
	sound.Rcode, sound.Answer, sound.Ns = dns.RcodeSuccess, nil, authority(0)
	return Answer{Message: sound}
}
