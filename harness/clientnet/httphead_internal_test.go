package clientnet

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"

	. "github.com/onsi/gomega"
)

// segment is a TCP packet over IPv4 between 192.168.1.10:4000 and 192.0.2.80:80, with options of both protocols.
func segment(fromSite bool, payload string) []byte {
	client, site := []byte{192, 168, 1, 10}, []byte{192, 0, 2, 80}
	from, to, ports := client, site, []byte{0x0f, 0xa0, 0, 80}
	if fromSite {
		from, to, ports = site, client, []byte{0, 80, 0x0f, 0xa0}
	}
	ip := append(append(append([]byte{0x46, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0}, from...), to...), 1, 1, 1, 1)
	tcp := append(append(ports, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0x18, 0, 0, 0, 0, 0, 0), 1, 1, 1, 1)
	return append(append(ip, tcp...), payload...)
}

func TestRead(t *testing.T) {
	g := NewWithT(t)
	client := netip.MustParseAddrPort("192.168.1.10:4000")
	for _, c := range []struct {
		fromSite bool
		payload  string
		want     httpHead
	}{
		{
			false, "GET / HTTP/1.1\r\nHost: a\r\nGatequake-Nonce: probe-1\r\n\r\n",
			httpHead{client: client, nonce: "probe-1"},
		},
		{false, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", httpHead{}},
		{true, "HTTP/1.1 502 Bad Gateway\r\n\r\n", httpHead{client: client, status: 502}},
		{true, "a page about HTTP/1.1 502", httpHead{}},
		{false, "HTTP/1.1 502 Bad Gateway\r\n\r\n", httpHead{}},
		{true, "", httpHead{}},
	} {
		p, ok := readHead(segment(c.fromSite, c.payload), c.fromSite)
		g.Expect(ok).To(Equal(c.want != httpHead{}), c.payload)
		if ok {
			g.Expect(p).To(Equal(c.want))
		}
	}
}

// What passes may be anything: cut, or not what its headers say.
func TestReadHostile(*testing.T) {
	whole := segment(true, "HTTP/1.1 200 OK\r\n\r\n")
	for n := range whole {
		readHead(whole[:n], true)
		readHead(whole[:n], false)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		bent := bytes.Clone(whole)
		bent[r.IntN(len(bent))] = byte(r.UintN(256))
		bent[r.IntN(len(bent))] = byte(r.UintN(256))
		readHead(bent[:r.IntN(len(bent)+1)], r.IntN(2) == 0)
	}
}

func TestHeard(t *testing.T) {
	g := NewWithT(t)
	a, b := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.1:2")
	passed := []httpHead{
		{client: b, status: 408},
		{client: a, nonce: "one"},
		{client: a, status: 200},
		{client: a, nonce: "two"},
		{client: a, status: 502},
	}
	g.Expect(recordOf(passed, "one")).To(Equal(TapRecord{Asked: true, Sent: []int{200}}))
	g.Expect(recordOf(passed, "two")).To(Equal(TapRecord{Asked: true, Sent: []int{502}}))
	g.Expect(recordOf(passed, "three")).To(Equal(TapRecord{Sent: []int{408}}), "what nobody asked for")
}
