//go:build !linux

package firewall

import (
	"errors"
	"fmt"
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

// CatchAll returns an error that matches errors.ErrUnsupported.
func CatchAll(string, uint16) error { return errors.ErrUnsupported }

// Loopback is Linux only.
type Loopback struct{}

// LeadOut returns an error that matches errors.ErrUnsupported.
func LeadOut(*os.File, Detours) (*Loopback, error) { return nil, errors.ErrUnsupported }

// Keep returns an error that matches errors.ErrUnsupported.
func (*Loopback) Keep(...uint16) error { return errors.ErrUnsupported }
