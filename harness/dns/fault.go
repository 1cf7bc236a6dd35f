package dns

import (
	"slices"
	"time"

	"github.com/miekg/dns"
)

// Fault is one way in which a resolver breaks, as plain data: it can be printed, listed and compared. The
// faults that there are stand in faults.go.
type Fault interface {
	// Break returns what the client gets in place of healthy, the answer that a server without the fault would give. Break
	// owns healthy and may change it; it must not block, and is called from many goroutines at a time.
	Break(asked Query, healthy *dns.Msg) Answer
}

// Answer is what goes out to a client: Message or, when that is nil, Raw as it stands, or, when both are nil,
// nothing (a TCP connection then stays open). Delay passes first. The zero value is silence.
type Answer struct {
	Delay   time.Duration
	Message *dns.Msg
	Raw     []byte
}

// token names the answer in the record of queries.
func (a Answer) token() string {
	switch {
	case a.Message != nil:
		return token(a.Message.Rcode)
	case a.Raw != nil:
		return "raw"
	}
	return "silence"
}

// injection is a fault in force. Its identity is its pointer: the same fault may be injected twice, and is then
// undone twice.
type injection struct {
	name  string // canonical, or "" for every name
	fault Fault
}

// Inject breaks the answers for name, of whatever type, or for every name when name is "". Of several faults that
// apply, the newest wins. What undo takes back is this injection alone; it may be called again.
func (s *Server) Inject(name string, f Fault) (undo func()) {
	in := &injection{fault: f}
	if name != "" {
		in.name = dns.CanonicalName(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, in)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(other *injection) bool { return other == in })
	}
}

// fault returns the fault in force for the canonical name, or nil.
func (s *Server) fault(name string) Fault {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, in := range slices.Backward(s.faults) {
		if in.name == "" || in.name == name {
			return in.fault
		}
	}
	return nil
}
