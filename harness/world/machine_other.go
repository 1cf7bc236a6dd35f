//go:build !linux

package world

import (
	"errors"
	"fmt"
	"net/netip"
)

// Machine is a host of the gateway's own inside a sealed world. Only Linux has those.
type Machine struct{ *Host }

// NewMachine makes the world's machine.
func (w *World) NewMachine(...netip.Addr) (*Machine, error) {
	return nil, fmt.Errorf("make machine: %s: %w", w.Lacks(AnyAddress), errors.ErrUnsupported)
}

// Wire is the world's interface that the machine is behind.
func (m *Machine) Wire() string { return "" }

// Own gives the machine another address.
func (m *Machine) Own(netip.Addr) error { return errors.ErrUnsupported }

// Processes lists those that live in the machine.
func (m *Machine) Processes() []int { return nil }

// TrustAlso is Linux only, as Names is.
func (w *World) TrustAlso([]byte, ...string) error {
	return fmt.Errorf("%s: %w", w.Lacks(OwnResolvConf), errors.ErrUnsupported)
}
