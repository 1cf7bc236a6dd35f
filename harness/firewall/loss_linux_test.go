package firewall_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestLossTakesItsShareAndFallsInStepWithNobody(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	in, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(four, 0)))
	g.Expect(err).NotTo(HaveOccurred())
	defer in.Close()
	at := in.LocalAddr().(*net.UDPAddr).AddrPort()
	undo := apply(t, create(t), firewall.Rule{To: only(four), ToPort: at.Port(), Protocol: firewall.UDP, Verdict: firewall.Drop, Loss: 30})
	out, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(at))
	g.Expect(err).NotTo(HaveOccurred())
	defer out.Close()

	g.Expect(got(t, out, in, 100)).To(HaveLen(70))
	numbers := got(t, out, in, 100)
	g.Expect(numbers).To(HaveLen(70))
	arrived := map[int]bool{}
	for _, n := range numbers {
		arrived[n] = true
	}
	for step := 1; step < 20; step++ {
		for n := 0; n+2*step < 100 && step != 10; n++ { // Ten further and ten further is the same number of the next cycle.
			g.Expect(arrived[n] || arrived[n+step] || arrived[n+2*step]).To(BeTrue(), "lost: numbers %d, %d and %d", n, n+step, n+2*step)
		}
	}
	g.Expect(undo()).To(Succeed())
	g.Expect(undo()).To(Succeed())
	g.Expect(got(t, out, in, 100)).To(HaveLen(100))
}

// got sends n numbered packets and returns the numbers of those that arrived: on lo a packet is delivered before its send returns.
func got(t *testing.T, out, in *net.UDPConn, n int) []int {
	t.Helper()
	for i := range n {
		if _, err := out.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	numbers := []int{}
	packet := make([]byte, 1)
	for {
		_ = in.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := in.Read(packet); err != nil {
			return numbers
		}
		numbers = append(numbers, int(packet[0]))
	}
}
