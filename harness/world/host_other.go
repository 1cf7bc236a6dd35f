//go:build !linux

package world

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
)

// Host is another computer inside a sealed world. Only Linux has those.
type Host struct{}

// NewHost makes a host.
func (w *World) NewHost() (*Host, error) {
	return nil, fmt.Errorf("make host: %s: %w", w.Lacks(AnyAddress), errors.ErrUnsupported)
}

// Do runs f in the host's network.
func (h *Host) Do(func() error) error { return errors.ErrUnsupported }

// Network is the host's network namespace.
func (h *Host) Network() *os.File { return nil }

// Forwards lets the host pass on what is for others.
func (h *Host) Forwards() error { return errors.ErrUnsupported }

// Connect lays a cable between two hosts.
func (w *World) Connect(End, End) error { return errors.ErrUnsupported }

// Disconnect takes a cable of the world's own away.
func (w *World) Disconnect(string) error { return errors.ErrUnsupported }

// Plug brings the host's end of a cable up or down.
func (h *Host) Plug(string, bool) error { return errors.ErrUnsupported }

// Route leads what is for the prefix to a neighbour.
func (h *Host) Route(netip.Prefix, string, netip.Addr) error { return errors.ErrUnsupported }

// Neighbour returns where the host believes its neighbour to be.
func (h *Host) Neighbour(string, netip.Addr) (net.HardwareAddr, error) {
	return nil, errors.ErrUnsupported
}

// Misplace lets the host believe that its neighbour is elsewhere.
func (h *Host) Misplace(string, netip.Addr, net.HardwareAddr) error { return errors.ErrUnsupported }

// ForgetNeighbours empties the host's table of neighbours.
func (h *Host) ForgetNeighbours() error { return errors.ErrUnsupported }

// Translations counts the TCP connections that the host keeps state of.
func (h *Host) Translations() (int, error) { return 0, errors.ErrUnsupported }

// ForgetTranslations lets the host forget every connection.
func (h *Host) ForgetTranslations() error { return errors.ErrUnsupported }

// Strict lets the host take a TCP connection for one only if it has seen its handshake.
func (h *Host) Strict() error { return errors.ErrUnsupported }
