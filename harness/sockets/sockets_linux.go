package sockets

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// TCP lists the TCP sockets of the family. Connections of which only the first packet has come have SynReceived.
func TCP(f Family) ([]Socket, error) { return list("TCP", f, netlink.SocketDiagTCP) }

// UDP lists the UDP sockets of the family.
func UDP(f Family) ([]Socket, error) { return list("UDP", f, netlink.SocketDiagUDP) }

func list(protocol string, f Family, read func(family uint8) ([]*netlink.Socket, error)) ([]Socket, error) {
	family := map[Family]uint8{IPv4: unix.AF_INET, IPv6: unix.AF_INET6}[f]
	found, err := read(family)
	// Sockets come and go while the kernel lists them; so they do between two lists.
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return nil, fmt.Errorf("list %s sockets: %w", protocol, err)
	}
	all := make([]Socket, len(found))
	for i, s := range found {
		all[i] = Socket{
			Local:  address(f, s.ID.Source, s.ID.SourcePort),
			Remote: address(f, s.ID.Destination, s.ID.DestinationPort),
			State:  State(s.State),
		}
	}
	return all, nil
}

// address converts what netlink returns, which has addresses of IPv4 in sixteen bytes.
func address(f Family, ip net.IP, port uint16) netip.AddrPort {
	a, _ := netip.AddrFromSlice(ip)
	if f == IPv4 {
		a = a.Unmap()
	}
	return netip.AddrPortFrom(a, port)
}
