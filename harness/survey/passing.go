package survey

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// passPatience bounds the wait for bytes to come through: a gateway that passes them on does so at once.
const passPatience = 500 * time.Millisecond

// hostOver is a host, and whether it is asked over TLS.
type hostOver struct{ host, speaks string }

// over is the probe's host, and over what it is asked.
func (k candidateProbe) over() hostOver { return hostOver{k.host, k.listener.Speaks} }

// findPassing finds the listeners, and the hosts of some, at which the gateway passes on whatever bytes come: who
// answers there is the upstream, and no status is the gateway's. Who chooses by the name in a handshake may pass one
// host's bytes on, and answer for another.
func (s *survey) findPassing(ctx context.Context) error {
	for i := range s.own.Listeners {
		l := &s.own.Listeners[i]
		passed := map[hostOver]bool{}
		for _, k := range s.kept {
			if k.listener.At != l.At || len(k.asked) == 0 {
				continue
			}
			if _, known := passed[k.over()]; !known {
				passed[k.over()] = s.passes(ctx, k.listener, k.host)
			}
		}
		all, some := len(passed) > 0, false
		for _, does := range passed {
			all, some = all && does, some || does
		}
		if !some {
			continue
		}
		s.keepOnePassing(l.At, passed)
		if l.Passes = all; all {
			s.warn("%s passes bytes on: what clients get is the upstream's, or the end of the connection", l.At)
			continue
		}
		for i := range s.kept {
			if k := &s.kept[i]; k.listener.At == l.At {
				k.passes = passed[k.over()]
			}
		}
	}
	return nil
}

// keepOnePassing keeps of the probes that reach the same upstreams at the listener, as bytes, the first: paths mean
// nothing to who passes bytes on.
func (s *survey) keepOnePassing(at netip.AddrPort, passed map[hostOver]bool) {
	seen := map[string]bool{}
	s.kept = slices.DeleteFunc(s.kept, func(k candidateProbe) bool {
		if k.listener.At != at || !passed[k.over()] {
			return false
		}
		key := fmt.Sprint(k.asked)
		defer func() { seen[key] = true }()
		return seen[key]
	})
}

// passes reports whether an upstream hears bytes that are not HTTP.
func (s *survey) passes(ctx context.Context, l gateway.Listener, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, passPatience)
	defer cancel()
	way, from := client.Way{}, Client
	if l.Speaks == gateway.SpeaksHTTPS {
		way.TLS = &tls.Config{ServerName: host, InsecureSkipVerify: true} // It is not the certificate that is tried.
	}
	if l.Door().Addr().Is6() {
		from = gateway.Client6
	}
	c, err := way.Connect(ctx, l.Door(), from)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	// It begins no request of any language that gateways for HTTP forward.
	said := fmt.Sprintf("gatequake-%d asks whether bytes pass\r\n\r\n", time.Now().UnixNano())
	if _, err := c.Write([]byte(said)); err != nil {
		return false
	}
	for ctx.Err() == nil && !s.heard(said) {
		_ = c.SetReadDeadline(time.Now().Add(pollInterval))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			break // It has an answer of its own, or none.
		}
	}
	return s.heard(said)
}

// heard reports whether an upstream heard the bytes, or the beginning of them.
func (s *survey) heard(said string) bool {
	all := s.catchAll.Connections()
	for _, a := range s.sockets {
		all = append(all, a.Connections()...)
	}
	return slices.ContainsFunc(all, func(h upstream.ConnInfo) bool {
		return len(h.Said) > len(said)/2 && strings.HasPrefix(said, h.Said)
	})
}
