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

func TestLossTakesItsShareEvenlySpread(t *testing.T) {
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
	for i := 1; i < len(numbers); i++ {
		g.Expect(numbers[i]-numbers[i-1]).To(BeNumerically("<=", 2), "two lost in a row before number %d", numbers[i])
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
