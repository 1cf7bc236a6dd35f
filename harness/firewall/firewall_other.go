//go:build !linux

package firewall

import (
	"errors"
	"fmt"
)

// Firewall is the firewall of a world. There is none on this system.
type Firewall struct{}

// New returns an error that matches errors.ErrUnsupported.
func New() (*Firewall, error) {
	return nil, fmt.Errorf("create firewall: nftables exists on Linux only: %w", errors.ErrUnsupported)
}

// Apply returns an error that matches errors.ErrUnsupported.
func (f *Firewall) Apply(r Rule) (undo func() error, err error) {
	return nil, fmt.Errorf("apply %v: nftables exists on Linux only: %w", r, errors.ErrUnsupported)
}
