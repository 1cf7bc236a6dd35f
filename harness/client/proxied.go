package client

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
)

// Proxied is the version of the PROXY protocol whose header stands before all that a client sends, as a load balancer
// puts it there that passes connections on (haproxy.org/download/2.6/doc/proxy-protocol.txt). The zero value is none.
type Proxied string

// The versions.
const (
	ProxyV1 Proxied = "v1"
	ProxyV2 Proxied = "v2"
)

// header returns the header of a connection from one address to another, which are of the same family.
func (p Proxied) header(from, to netip.AddrPort) []byte {
	a, b := from.Addr().Unmap(), to.Addr().Unmap()
	if p == ProxyV1 {
		family := "TCP4"
		if a.Is6() {
			family = "TCP6"
		}
		return fmt.Appendf(nil, "PROXY %s %s %s %d %d\r\n", family, a, b, from.Port(), to.Port())
	}
	const (
		command = 0x21 // version 2, PROXY
		tcp4    = 0x11
		tcp6    = 0x21
	)
	family := byte(tcp4)
	if a.Is6() {
		family = tcp6
	}
	addresses := append(a.AsSlice(), b.AsSlice()...)
	addresses = binary.BigEndian.AppendUint16(addresses, from.Port())
	addresses = binary.BigEndian.AppendUint16(addresses, to.Port())
	head := append([]byte("\r\n\r\n\x00\r\nQUIT\n"), command, family)
	return append(binary.BigEndian.AppendUint16(head, uint16(len(addresses))), addresses...)
}

// announce sends the header that w wants on conn.
func (w Way) announce(conn net.Conn) error {
	if w.Proxied == "" {
		return nil
	}
	from, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return fmt.Errorf("send a header of the PROXY protocol: %w", err)
	}
	to, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err == nil {
		_, err = conn.Write(w.Proxied.header(from, to))
	}
	return err
}
