package own

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// startAuthorities plays those who issue the gateway's certificates by ACME, at one address for all. They are none of
// the upstreams: what they are asked counts nowhere.
func (s *Site) startAuthorities() error {
	b, played := s.B, map[string]bool{}
	for _, at := range s.Authorities {
		host, port, err := net.SplitHostPort(at)
		if err != nil {
			return fmt.Errorf("play %s: %w", at, err)
		}
		where := gateway.Certifier
		if a, err := netip.ParseAddr(host); err == nil {
			where = a
		} else {
			b.DNS.SetFor(host, b.Plan.NamedFor, where)
		}
		listen := net.JoinHostPort(where.String(), port)
		if played[listen] {
			continue
		}
		played[listen] = true
		l, err := net.Listen("tcp", listen)
		if err != nil {
			return fmt.Errorf("play %s: %w", at, err)
		}
		a := upstream.StartCatchAll(l, b.Authority, func(netip.Addr) string { return host })
		b.AtClose(func() { _ = a.Close() })
	}
	return nil
}
