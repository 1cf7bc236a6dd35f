package world

import "net/netip"

// End is one end of a cable.
type End struct {
	// Host is what it is plugged into; nil is the world itself.
	Host *Host
	// Name is the interface's.
	Name string
	// At is the interface's address with the network that is reached through it; the zero value gives it none.
	At netip.Prefix
}
