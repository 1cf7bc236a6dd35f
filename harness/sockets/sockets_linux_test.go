package sockets_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// soon bounds what takes the kernel microseconds.
const soon = 10 * time.Second

var loopbacks = []string{"127.0.0.1:0", "[::1]:0"}

// socket is one of the kernel's table, known by both its addresses; an invalid one stands for any.
func socket(f sockets.Family, local, remote netip.AddrPort) func() (sockets.State, error) {
	return func() (sockets.State, error) {
		all, err := sockets.TCP(f)
		i := slices.IndexFunc(all, func(s sockets.Socket) bool {
			return s.Local == local && (s.Remote == remote || !remote.IsValid() && s.State != sockets.Listen)
		})
		if i < 0 {
			return 0, err
		}
		return all[i].State, err
	}
}

func TestTCP(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	for _, at := range loopbacks {
		g := NewWithT(t)
		l, err := net.Listen("tcp", at)
		g.Expect(err).NotTo(HaveOccurred())
		listener := netip.MustParseAddrPort(l.Addr().String())
		f, nobody := sockets.Of(listener.Addr()), netip.AddrPortFrom(zero(listener.Addr()), 0)
		g.Expect(socket(f, listener, nobody)()).To(Equal(sockets.Listen))
		g.Expect(socket(1-f, listener, nobody)()).To(BeZero(), "in the other family's table")

		client, err := net.Dial("tcp", l.Addr().String())
		g.Expect(err).NotTo(HaveOccurred())
		server, err := l.Accept()
		g.Expect(err).NotTo(HaveOccurred())
		its := netip.MustParseAddrPort(client.LocalAddr().String())
		g.Expect(socket(f, its, listener)()).To(Equal(sockets.Established))
		g.Expect(server.Close()).To(Succeed())
		g.Eventually(socket(f, its, listener), soon).Should(Equal(sockets.CloseWait))
		g.Expect(client.Close()).To(Succeed())
		g.Expect(socket(f, its, listener)()).NotTo(Equal(sockets.CloseWait))
	}
}

// TestHalfOpen has a connection whose first packet arrives, and whose answer does not.
func TestHalfOpen(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	wall, err := firewall.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range loopbacks {
		g := NewWithT(t)
		l, err := net.Listen("tcp", at)
		g.Expect(err).NotTo(HaveOccurred())
		listener := netip.MustParseAddrPort(l.Addr().String())
		_, err = wall.Apply(firewall.Rule{
			From:     netip.PrefixFrom(listener.Addr(), listener.Addr().BitLen()),
			FromPort: listener.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop,
		})
		g.Expect(err).NotTo(HaveOccurred())
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _, _ = new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String()) }()
		f := sockets.Of(listener.Addr())
		g.Eventually(socket(f, listener, netip.AddrPort{}), soon).Should(Equal(sockets.SynReceived))
	}
}

func TestUDP(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	for _, at := range loopbacks {
		g := NewWithT(t)
		c, err := net.ListenPacket("udp", at)
		g.Expect(err).NotTo(HaveOccurred())
		local := netip.MustParseAddrPort(c.LocalAddr().String())
		nobody := netip.AddrPortFrom(zero(local.Addr()), 0)
		g.Expect(sockets.UDP(sockets.Of(local.Addr()))).
			To(ContainElement(sockets.Socket{Local: local, Remote: nobody, State: sockets.Unconnected}))
	}
}

// zero is the address of no host, in the family.
func zero(like netip.Addr) netip.Addr {
	if like.Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}
