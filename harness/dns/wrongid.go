package dns

import "github.com/miekg/dns"

// WrongID is the fault of answers that carry another query's ID, as forged ones do: a client must drop them and
// go on waiting (RFC 5452, section 9.1).
type WrongID struct{}

// Break changes the ID of the right answer.
func (WrongID) Break(_ Query, sound *dns.Msg) Answer {
	sound.Id++
	return Answer{Message: sound}
}
