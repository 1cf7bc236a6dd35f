package client

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"testing"
)

// TestProxiedSpeaksForItsClient holds the header of each version and family against what the specification shows.
func TestProxiedSpeaksForItsClient(t *testing.T) {
	t.Parallel()
	four := [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:4660"), netip.MustParseAddrPort("192.0.2.2:443")}
	six := [2]netip.AddrPort{
		netip.MustParseAddrPort("[2001:db8::1]:4660"),
		netip.MustParseAddrPort("[2001:db8::2]:443"),
	}
	const signature = "\r\n\r\n\x00\r\nQUIT\n"
	for _, c := range []struct {
		version Proxied
		ends    [2]netip.AddrPort
		want    string
	}{
		{ProxyV1, four, "PROXY TCP4 192.0.2.1 192.0.2.2 4660 443\r\n"},
		{ProxyV1, six, "PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n"},
		{ProxyV2, four, signature + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x34\x01\xbb"},
		{
			ProxyV2, six, signature + "\x21\x21\x00\x24\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
				"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x12\x34\x01\xbb",
		},
	} {
		if got := c.version.header(c.ends[0], c.ends[1]); string(got) != c.want {
			t.Errorf("%s: got %q, want %q", c.version, got, c.want)
		}
	}
}

// TestProxiedComesFirst: before a request, and before a handshake.
func TestProxiedComesFirst(t *testing.T) {
	for name, way := range map[string]Way{
		"a request":   {Proxied: ProxyV1},
		"a handshake": {Proxied: ProxyV1, TLS: &tls.Config{InsecureSkipVerify: true}},
	} {
		begins := make(chan []byte, 1)
		at, _ := serve(t, func(c net.Conn) {
			b := make([]byte, len("PROXY "))
			_, _ = io.ReadFull(c, b)
			begins <- b
			_ = c.Close()
		})
		way.Once(t.Context(), at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"})
		if got := <-begins; !bytes.Equal(got, []byte("PROXY ")) {
			t.Errorf("%s: got %q before it, want the header of the PROXY protocol", name, got)
		}
	}
}
