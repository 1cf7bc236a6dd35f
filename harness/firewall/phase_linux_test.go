package firewall_test

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestEstablished(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	f, port := create(t), echo(t)
	for _, to := range []netip.Addr{four, six} {
		g := NewWithT(t)
		pooled, err := dial(t, netip.Addr{}, netip.AddrPortFrom(to, port), soon)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(answers(t, pooled, soon)).To(Succeed())
		rule := firewall.Rule{To: only(to), ToPort: port, Match: firewall.Established, Verdict: firewall.Drop}
		undo := apply(t, f, rule)
		fresh, err := dial(t, netip.Addr{}, netip.AddrPortFrom(to, port), soon)
		g.Expect(err).NotTo(HaveOccurred(), "the handshake passes")
		for _, conn := range []net.Conn{pooled, fresh} {
			g.Expect(answers(t, conn, never)).To(MatchError(os.ErrDeadlineExceeded))
		}
		g.Expect(undo()).To(Succeed())
		for _, conn := range []net.Conn{pooled, fresh} { // the kernel sends again what was dropped
			g.Expect(conn.SetDeadline(time.Now().Add(soon))).To(Succeed())
			_, err := io.ReadFull(conn, make([]byte, 1))
			g.Expect(err).NotTo(HaveOccurred(), "the byte that was held back")
			g.Expect(answers(t, conn, soon)).To(Succeed())
		}
		rule.Verdict = firewall.RejectRST
		undo = apply(t, f, rule)
		g.Expect(answers(t, pooled, soon)).To(MatchError(syscall.ECONNRESET))
		g.Expect(undo()).To(Succeed())
	}
}

func TestRepliesOnly(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	f := create(t)
	l, err := net.Listen("tcp", ":0")
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = l.Close() }()
	to := netip.AddrPortFrom(four, uint16(l.Addr().(*net.TCPAddr).Port))
	conn, err := dial(t, netip.Addr{}, to, soon)
	g.Expect(err).NotTo(HaveOccurred())
	server, err := l.Accept()
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = server.Close() }()

	undo := apply(t, f, firewall.Rule{From: only(four), FromPort: to.Port(), Verdict: firewall.Drop})
	_, err = conn.Write([]byte{1})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(server.SetDeadline(time.Now().Add(soon))).To(Succeed())
	_, err = io.ReadFull(server, make([]byte, 1))
	g.Expect(err).NotTo(HaveOccurred(), "the request arrives")
	_, err = server.Write([]byte{2})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(conn.SetDeadline(time.Now().Add(never))).To(Succeed())
	_, err = io.ReadFull(conn, make([]byte, 1))
	g.Expect(err).To(MatchError(os.ErrDeadlineExceeded), "its answer does not")
	_, err = dial(t, netip.Addr{}, to, never)
	g.Expect(timedOut(err)).To(BeTrue(), "got %v, want a timeout", err)
	g.Expect(undo()).To(Succeed())
	g.Expect(conn.SetDeadline(time.Now().Add(soon))).To(Succeed())
	_, err = io.ReadFull(conn, make([]byte, 1))
	g.Expect(err).NotTo(HaveOccurred(), "after undo")
}
