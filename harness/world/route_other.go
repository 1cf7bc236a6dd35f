//go:build !linux

package world

import (
	"errors"
	"fmt"
	"net/netip"
)

// Unroute takes the address out of a sealed world. Only Linux has those.
func (w *World) Unroute(at netip.Addr, _ Away) (undo func() error, err error) {
	return nil, fmt.Errorf("remove route to %s: %s: %w", at, w.Lacks(AnyAddress), errors.ErrUnsupported)
}
