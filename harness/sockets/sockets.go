// Package sockets lists the sockets of the network namespace that the calling thread is in, as the kernel's socket
// diagnosis (sock_diag(7)) tells them to any user. Only Linux has that.
package sockets

import "net/netip"

// Family is an address family. Sockets of IPv6 that talk IPv4 are among those of IPv6, with mapped addresses.
type Family int

// The families.
const (
	IPv4 Family = iota
	IPv6
)

// Of returns the family of the address.
func Of(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// State is the state of a socket, as include/net/tcp_states.h numbers it.
type State uint8

// The states of TCP sockets that the harness asks for.
const (
	Established State = 1
	// SynSent: a connection was begun, and nothing has come back.
	SynSent State = 2
	// SynReceived: the first packet of a connection has arrived, and not the end of the handshake.
	SynReceived State = 3
	// CloseWait: the other side has closed the connection, and this one has not.
	CloseWait State = 8
	Listen    State = 10
)

// Unconnected is the state of a UDP socket that has no peer.
const Unconnected State = 7

// Socket is one end of a connection, or what listens for connections or packets.
type Socket struct {
	// Local is its own address; Remote that of its peer, all zeros if there is none.
	Local, Remote netip.AddrPort
	State         State
}
