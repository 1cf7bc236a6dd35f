//go:build !linux

package link

import "net/netip"

// reservation keeps nothing here: only Linux lets a bound socket and a listener share a port by SO_REUSEADDR. A
// port that is refused is free for the time being; Refuse says so.
type reservation struct{}

func reserve(at netip.AddrPort) (*reservation, netip.AddrPort, error) { return &reservation{}, at, nil }

func (*reservation) lend(start func() error) error { return start() }

func (*reservation) vacant(netip.AddrPort) error { return nil }

func (*reservation) release() error { return nil }
