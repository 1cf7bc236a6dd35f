package dns

import "github.com/miekg/dns"

// Truncated is the fault of a server whose answers do not fit into UDP while its TCP port is closed to clients:
// over UDP the TC bit and no records, over TCP silence.
type Truncated struct{}

// Break truncates over UDP and is silent over TCP.
func (Truncated) Break(asked Query, sound *dns.Msg) Answer {
	if asked.Proto == "tcp" {
		return Answer{}
	}
	sound.Truncated, sound.Answer, sound.Ns = true, nil, nil
	return Answer{Message: sound}
}
