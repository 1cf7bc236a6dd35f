package dns

import "github.com/miekg/dns"

// Silence is the fault of a server that takes queries, over UDP and TCP, and never answers.
type Silence struct{}

// Break answers nothing.
func (Silence) Break(Query, *dns.Msg) Answer { return Answer{} }
