package dns

import (
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// addressedUDP is a UDP socket that learns to which of the machine's addresses each packet was sent, and answers from
// there.
type addressedUDP struct{ *net.UDPConn }

// sender is who sent a packet, and to which address.
type sender struct {
	*net.UDPAddr
	to netip.Addr
}

// withAddresses makes the socket one that knows the address of each packet. For a socket that cannot, the kernel
// chooses the address that answers come from.
func withAddresses(c net.PacketConn) net.PacketConn {
	udp, ok := c.(*net.UDPConn)
	if !ok {
		return c
	}
	six := ipv6.NewPacketConn(udp).SetControlMessage(ipv6.FlagDst, true)
	four := ipv4.NewPacketConn(udp).SetControlMessage(ipv4.FlagDst, true)
	if six != nil && four != nil { // A socket of one family knows nothing of the other.
		return c
	}
	return addressedUDP{udp}
}

// ReadFrom returns a sender.
func (t addressedUDP) ReadFrom(p []byte) (int, net.Addr, error) {
	oob := make([]byte, max(len(ipv4.NewControlMessage(ipv4.FlagDst)), len(ipv6.NewControlMessage(ipv6.FlagDst))))
	n, m, _, from, err := t.ReadMsgUDP(p, oob)
	if err != nil {
		return n, nil, err
	}
	s := sender{UDPAddr: from}
	six, four := new(ipv6.ControlMessage), new(ipv4.ControlMessage)
	if six.Parse(oob[:m]) == nil && six.Dst != nil {
		s.to, _ = netip.AddrFromSlice(six.Dst)
	} else if four.Parse(oob[:m]) == nil && four.Dst != nil {
		s.to, _ = netip.AddrFromSlice(four.Dst)
	}
	s.to = s.to.Unmap()
	return n, s, nil
}

// WriteTo answers a sender from the address that the sender asked.
func (t addressedUDP) WriteTo(p []byte, to net.Addr) (int, error) {
	s, ok := to.(sender)
	if !ok || !s.to.IsValid() {
		return t.UDPConn.WriteTo(p, to)
	}
	oob := (&ipv6.ControlMessage{Src: s.to.AsSlice()}).Marshal()
	if s.to.Is4() {
		oob = (&ipv4.ControlMessage{Src: s.to.AsSlice()}).Marshal()
	}
	n, _, err := t.WriteMsgUDP(p, oob, s.UDPAddr)
	return n, err
}

// asked is the address that was asked.
func asked(from net.Addr) netip.Addr {
	if s, ok := from.(sender); ok {
		return s.to
	}
	return netip.Addr{}
}
