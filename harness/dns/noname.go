package dns

import (
	"time"

	"github.com/miekg/dns"
)

// NoName is the fault of a server that says that the name does not exist, and that this may be remembered for so
// long, in whole seconds (RFC 2308, section 5).
type NoName time.Duration

// Break answers NXDOMAIN.
func (n NoName) Break(asked Query, sound *dns.Msg) Answer {
	answer := NXDOMAIN.Break(asked, sound)
	answer.Message.Ns = authority(uint32(time.Duration(n) / time.Second))
	return answer
}
