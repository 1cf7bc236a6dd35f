//go:build !linux

package firewall

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
)

// Firewall is the firewall of a world. There is none on this system.
type Firewall struct{}

// New returns an error that matches errors.ErrUnsupported.
func New(...*os.File) (*Firewall, error) {
	return nil, fmt.Errorf("create firewall: nftables exists on Linux only: %w", errors.ErrUnsupported)
}

// Apply returns an error that matches errors.ErrUnsupported.
func (f *Firewall) Apply(r Rule) (undo func() error, err error) {
	return nil, fmt.Errorf("apply %v: nftables exists on Linux only: %w", r, errors.ErrUnsupported)
}

// AtHop returns an error that matches errors.ErrUnsupported.
func AtHop(*os.File) (*Firewall, error) { return New() }

// Clear returns an error that matches errors.ErrUnsupported.
func (f *Firewall) Clear() error { return errors.ErrUnsupported }

// Translate returns an error that matches errors.ErrUnsupported.
func Translate(*os.File, string, netip.Addr, uint16, uint16) error { return errors.ErrUnsupported }

// Redirect returns an error that matches errors.ErrUnsupported.
func (f *Firewall) Redirect(string, uint16, uint16) (undo func() error, err error) {
	return nil, errors.ErrUnsupported
}

// CatchAll returns an error that matches errors.ErrUnsupported.
func CatchAll(string, uint16) error { return errors.ErrUnsupported }

// Loopback is Linux only.
type Loopback struct{}

// InstallDetours returns an error that matches errors.ErrUnsupported.
func InstallDetours(*os.File, Detours) (*Loopback, error) { return nil, errors.ErrUnsupported }

// Keep returns an error that matches errors.ErrUnsupported.
func (*Loopback) Keep(...uint16) error { return errors.ErrUnsupported }
