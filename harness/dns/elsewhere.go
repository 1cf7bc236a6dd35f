package dns

import (
	"net/netip"

	"github.com/miekg/dns"
)

// Elsewhere is the fault of a record that is wrong: the name has this one address, and none of the other family.
// Its time to live is 0.
type Elsewhere struct{ Address netip.Addr }

// Break answers with the address, or with no data when the other family was asked for.
func (e Elsewhere) Break(_ Query, sound *dns.Msg) Answer {
	sound.Rcode = dns.RcodeSuccess
	sound.Answer, sound.Ns = answers(sound.Question[0], []netip.Addr{e.Address.Unmap()}, 0), nil
	if len(sound.Answer) == 0 {
		sound.Ns = authority(0)
	}
	return Answer{Message: sound}
}
