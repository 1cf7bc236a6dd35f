package dns

import (
	"time"

	"github.com/miekg/dns"
)

// Slow is the fault of a server that gives the right answer, this much later. Queries on one TCP connection wait
// for each other.
type Slow time.Duration

// Break delays the answer.
func (d Slow) Break(_ Query, sound *dns.Msg) Answer {
	return Answer{Delay: time.Duration(d), Message: sound}
}

// String returns the delay, as in 300ms.
func (d Slow) String() string { return time.Duration(d).String() }
