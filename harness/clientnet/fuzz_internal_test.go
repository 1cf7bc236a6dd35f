package clientnet

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
)

// packetOf is an IPv4 packet of TCP from client to site, or back, as a tap hears it.
func packetOf(client netip.AddrPort, fromSite bool, payload string) []byte {
	const length = ipLeast + tcpLeast
	p := make([]byte, length, length+len(payload))
	p[0], p[ipProtocol] = 0x45, protocolTCP
	binary.BigEndian.PutUint16(p[ipLength:], uint16(length+len(payload)))
	address, port := p[ipFrom:], p[ipLeast+tcpFrom:]
	if fromSite {
		address, port = p[ipTo:], p[ipLeast+tcpTo:]
	}
	copy(address, client.Addr().AsSlice())
	binary.BigEndian.PutUint16(port, client.Port())
	p[ipLeast+tcpOffset] = 5 << 4
	return append(p, payload...)
}

// FuzzHTTPHead reads packets: what is taken for the head of a message stands in a whole TCP segment of IPv4, and
// nothing else is taken for one.
func FuzzHTTPHead(f *testing.F) {
	client := netip.MustParseAddrPort("198.51.100.7:40000")
	for _, payload := range []string{
		"", "HTTP/1.1 502 Bad Gateway\r\n\r\n",
		"GET / HTTP/1.1\r\nGatequake-Nonce: n1\r\n\r\n", "HTTP/1.1 000 \r\n",
	} {
		for _, fromSite := range []bool{false, true} {
			p := packetOf(client, fromSite, payload)
			f.Add(p, fromSite)
			f.Add(p[:len(p)-1], fromSite)
			f.Add(p[:ipLeast+1], fromSite)
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte, fromSite bool) {
		p, ok := readHead(packet, fromSite)
		if !ok {
			return
		}
		if packet[0]>>4 != 4 || packet[0]&0x0f < 5 || binary.BigEndian.Uint16(packet[ipFragment:])&0x1fff != 0 ||
			len(packet) < ipLeast+tcpLeast {
			t.Errorf("got %+v of %x, which begins no segment of TCP in IPv4", p, packet)
		}
		if !p.client.Addr().Is4() || (p.nonce == "") == (p.status == 0) || fromSite != (p.status != 0) {
			t.Errorf("got %+v, want an address, and a nonce of a client or a status of the site", p)
		}
		if strings.ContainsAny(p.nonce, "\r\n") || p.status < 0 || p.status > 999 {
			t.Errorf("got the nonce %q and the status %d", p.nonce, p.status)
		}
		if h := recordOf([]httpHead{p}, p.nonce); p.nonce != "" && !h.Asked {
			t.Errorf("got %+v, want the request found again", h)
		}
	})
}

// TestNoHTTPHead holds that what only looks like the head of a message is none.
func TestNoHTTPHead(t *testing.T) {
	client := netip.MustParseAddrPort("198.51.100.7:40000")
	whole := packetOf(client, true, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
	if p, ok := readHead(whole, true); !ok || p.status != 502 || p.client != client {
		t.Fatalf("got %+v (%t), want the status and the client", p, ok)
	}
	for name, change := range map[string]func([]byte){
		"IPv6":                         func(p []byte) { p[0] = 0x65 },
		"a header that is too short":   func(p []byte) { p[0] = 0x44 },
		"a later fragment":             func(p []byte) { p[ipFragment+1] = 1 },
		"a TCP header too short":       func(p []byte) { p[ipLeast+tcpOffset] = 4 << 4 },
		"what stands behind its end":   func(p []byte) { binary.BigEndian.PutUint16(p[ipLength:], ipLeast+tcpLeast) },
		"a length less than its head":  func(p []byte) { binary.BigEndian.PutUint16(p[ipLength:], ipLeast) },
		"another protocol than TCP":    func(p []byte) { p[ipProtocol] = 17 },
		"a header beyond its own end":  func(p []byte) { p[0] = 0x4f },
		"a segment beyond its own end": func(p []byte) { p[ipLeast+tcpOffset] = 15 << 4 },
	} {
		p := append([]byte{}, whole...)
		change(p)
		if got, ok := readHead(p, true); ok {
			t.Errorf("%s: got %+v, want none", name, got)
		}
	}
}
