//go:build !linux

package clientnet

import (
	"errors"
	"net/netip"
)

// openSYNs begins connections and forgets them.
func openSYNs(netip.AddrPort, int) error { return errors.ErrUnsupported }
