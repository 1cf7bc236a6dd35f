package upstream_test

import (
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/upstream"
)

// reusable fails the test unless a healthy origin can listen at addr at once.
func reusable(t *testing.T, addr string) {
	t.Helper()
	origin, err := upstream.Start(addr, upstream.Options{})
	if err != nil {
		t.Fatal(err)
	}
	healthy(t, addr)
	_ = origin.Close()
}

func TestFullQueueLeavesSYNsUnanswered(t *testing.T) {
	g := leakless(t)
	port, err := upstream.FullQueue("127.0.0.1:0")
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	g.Expect(err).NotTo(HaveOccurred())
	addr := port.Addr()
	for range 3 {
		runtime.GC() // a collected listener would refuse
		conn, err := net.DialTimeout("tcp", addr, 100*time.Millisecond)
		var failed net.Error
		g.Expect(errors.As(err, &failed) && failed.Timeout()).To(BeTrue(), "got %v, %v, want a timeout", conn, err)
	}
	_, err = upstream.FullQueue(addr)
	g.Expect(err).To(MatchError(syscall.EADDRINUSE), "the address stays taken")
	g.Expect(port.Close()).To(Succeed())
	g.Expect(port.Close()).To(Succeed())
	_, err = net.DialTimeout("tcp", addr, patience)
	g.Expect(err).To(MatchError(syscall.ECONNREFUSED))
	reusable(t, addr)
}

func TestResetOnAccept(t *testing.T) {
	g := leakless(t)
	port, err := upstream.ResetOnAccept("127.0.0.1:0")
	g.Expect(err).NotTo(HaveOccurred())
	for range 20 {
		conn, err := net.DialTimeout("tcp", port.Addr(), patience)
		if err == nil {
			_, err = conn.Read(make([]byte, 1))
			g.Expect(conn.Close()).To(Succeed())
		}
		g.Expect(err).To(MatchError(syscall.ECONNRESET))
	}
	g.Expect(port.Close()).To(Succeed())
	reusable(t, port.Addr())
}

func TestCloseOnAccept(t *testing.T) {
	g := leakless(t)
	port, err := upstream.CloseOnAccept("127.0.0.1:0")
	g.Expect(err).NotTo(HaveOccurred())
	c := dial(t, port.Addr())
	_, err = c.Read(make([]byte, 1))
	g.Expect(err).To(MatchError(io.EOF))
	c.send(get("n"))
	got, err := c.rest()
	g.Expect(got, err).To(BeEmpty(), "no RST for what is sent then")
	g.Expect(c.Close()).To(Succeed())
	g.Expect(port.Close()).To(Succeed())
	reusable(t, port.Addr())
}
