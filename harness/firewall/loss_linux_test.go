package firewall_test

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestLossIsTheSameForEachConnection(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	in, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(four, 0)))
	g.Expect(err).NotTo(HaveOccurred())
	defer in.Close()
	at := in.LocalAddr().(*net.UDPAddr).AddrPort()
	dial := func() *net.UDPConn {
		out, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(at))
		g.Expect(err).NotTo(HaveOccurred())
		t.Cleanup(func() { _ = out.Close() })
		return out
	}
	older, newer := dial(), dial()
	g.Expect(got(t, older, in, 3, 3)).To(HaveLen(3), "before the rule")
	undo := apply(t, create(t), firewall.Rule{
		To: only(four), ToPort: at.Port(), Protocol: firewall.UDP,
		Verdict: firewall.Drop, Loss: true,
	})

	var lucky []int
	for n := range 200 {
		switch (n + 1) % 20 {
		case 4, 7, 9, 15, 17, 0:
		default:
			lucky = append(lucky, n)
		}
	}
	for i := range 40 {
		arrives := 0
		if slices.Contains(lucky, i) {
			arrives = 1
		}
		// Side by side: neither falls in step with the other's packets.
		for _, out := range []*net.UDPConn{older, newer} {
			one := got(t, out, in, 1, arrives)
			g.Expect(one).To(HaveLen(arrives), "packet %d of %v", i+1, out.LocalAddr())
		}
	}
	g.Expect(got(t, dial(), in, 200, len(lucky))).To(Equal(lucky))
	g.Expect(undo()).To(Succeed())
	g.Expect(undo()).To(Succeed())
	g.Expect(got(t, newer, in, 100, 100)).To(HaveLen(100))
}

// got sends n numbered packets and returns the numbers of those that arrived: it waits for as many as are wanted,
// and a moment for one more.
func got(t *testing.T, out, in *net.UDPConn, n, want int) []int {
	t.Helper()
	for i := range n {
		if _, err := out.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	numbers := []int{}
	packet := make([]byte, 1)
	for {
		patience := 20 * time.Millisecond
		if len(numbers) < want {
			patience = soon
		}
		_ = in.SetReadDeadline(time.Now().Add(patience))
		if _, err := in.Read(packet); err != nil {
			return numbers
		}
		numbers = append(numbers, int(packet[0]))
	}
}
