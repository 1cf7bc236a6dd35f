//go:build !linux

package clientnet

import (
	"errors"
	"net/netip"
)

// knock begins connections and forgets them.
func knock(netip.AddrPort, int) error { return errors.ErrUnsupported }
