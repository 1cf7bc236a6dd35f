package firewall_test

import (
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestOnePortOnly(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	f, blocked, bystander := create(t), echo(t), echo(t)
	apply(t, f, firewall.Rule{ToPort: blocked, Verdict: firewall.RejectHost})
	_, err := dial(t, netip.Addr{}, netip.AddrPortFrom(four, blocked), soon)
	g.Expect(err).To(MatchError(syscall.EHOSTUNREACH))
	conn, err := dial(t, netip.Addr{}, netip.AddrPortFrom(four, bystander), soon)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(answers(t, conn, soon)).To(Succeed())
}

func TestUDP(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	f, port := create(t), echo(t)
	to := netip.AddrPortFrom(four, port)
	packets, err := net.Dial("udp", to.String())
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = packets.Close() }()
	g.Expect(answers(t, packets, soon)).To(Succeed())

	undo := apply(t, f, firewall.Rule{To: only(four), ToPort: port, Protocol: firewall.UDP, Verdict: firewall.Drop})
	g.Expect(answers(t, packets, never)).To(MatchError(os.ErrDeadlineExceeded))
	_, err = dial(t, netip.Addr{}, to, soon)
	g.Expect(err).NotTo(HaveOccurred(), "tcp on the same port")
	g.Expect(undo()).To(Succeed())
	g.Expect(answers(t, packets, soon)).To(Succeed())

	apply(t, f, firewall.Rule{To: only(four), ToPort: port, Verdict: firewall.RejectPort})
	g.Expect(answers(t, packets, soon)).To(MatchError(syscall.ECONNREFUSED), "any protocol is udp too")
}
