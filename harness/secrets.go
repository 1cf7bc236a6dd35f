package harness

import "net/netip"

// secrets are the internal addresses and names that a page for clients must not name.
func (b *Bench) secrets() []string {
	if b.ours != nil {
		return b.ours.secrets()
	}
	all := []string{namedHost, secureHost}
	stranger := netip.AddrPortFrom(b.Plan.Stranger, b.Plan.Upstream.Port())
	for _, at := range []netip.AddrPort{b.Plan.Upstream, b.Plan.Spare, b.Plan.Third, b.Plan.Bystander, b.Plan.Secure, b.Plan.Nobody, b.Plan.Auth, b.Plan.HTTP2, stranger} {
		if !at.IsValid() {
			continue
		}
		if b.World.Sealed() {
			all = append(all, at.Addr().String()) // Nobody but the upstream has it.
		} else {
			all = append(all, at.String())
		}
	}
	return all
}
