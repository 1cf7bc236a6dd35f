package survey

import (
	"context"
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/gateway"
)

// overTLS is the listener for who speaks TLS to it.
func overTLS(l gateway.Listener) gateway.Listener {
	l.Speaks = gateway.SpeaksHTTPS
	return l
}

// alsoTLS reports whether the listener, which has nothing at its root in plain text, speaks TLS as well: some take both
// at each port, and have routes for one of them alone.
func (s *survey) alsoTLS(ctx context.Context, root attempt) bool {
	l := root.listener
	if l.Speaks != gateway.SpeaksHTTP || l.Protocol != "" || root.status != http.StatusNotFound || len(root.asked) > 0 {
		return false
	}
	both, known := s.both[l.At]
	if !known {
		t := s.sendOnce(ctx, overTLS(l), question{from: root.from})
		both = t.status != 0
		s.both[l.At] = both
	}
	return both
}

// settleTLS says that those listeners speak TLS that reach upstreams by it alone, and drops what they answer by
// themselves in plain text.
func (s *survey) settleTLS() {
	for i := range s.own.Listeners {
		l := &s.own.Listeners[i]
		reaches := func(speaks string) bool {
			return slices.ContainsFunc(s.kept, func(k candidateProbe) bool {
				return k.listener.At.Port() == l.At.Port() && k.listener.Speaks == speaks && len(k.asked) > 0
			})
		}
		if l.Speaks != gateway.SpeaksHTTP || !reaches(gateway.SpeaksHTTPS) || reaches(gateway.SpeaksHTTP) {
			continue
		}
		l.Speaks = gateway.SpeaksHTTPS
		s.kept = slices.DeleteFunc(s.kept, func(k candidateProbe) bool {
			return k.listener.At == l.At && k.listener.Speaks == gateway.SpeaksHTTP
		})
	}
}
