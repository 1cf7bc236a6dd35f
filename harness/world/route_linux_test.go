package world_test

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/world"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestUnroute(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	w := &world.World{Mode: world.Root} // worldtest has made the namespaces
	for _, c := range []struct {
		at   string
		how  world.Away
		want error
	}{
		{"10.20.30.40", world.NoRoute, syscall.ENETUNREACH},
		{"10.20.30.41", world.HostUnreachable, syscall.EHOSTUNREACH},
	} {
		at := netip.MustParseAddr(c.at)
		l, err := net.Listen("tcp", netip.AddrPortFrom(at, 80).String())
		g.Expect(err).NotTo(HaveOccurred())
		pooled, err := net.Dial("tcp", l.Addr().String())
		g.Expect(err).NotTo(HaveOccurred())
		server, err := l.Accept()
		g.Expect(err).NotTo(HaveOccurred())

		undo, err := w.Unroute(at, c.how)
		g.Expect(err).NotTo(HaveOccurred())
		_, err = net.Dial("tcp", l.Addr().String())
		g.Expect(err).To(MatchError(c.want))
		_, err = pooled.Write([]byte("lost"))
		g.Expect(err).NotTo(HaveOccurred(), "an open connection is told nothing")
		_ = server.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err = server.Read(make([]byte, 4))
		g.Expect(err).To(HaveOccurred())

		g.Expect(undo()).To(Succeed())
		g.Expect(undo()).To(Succeed())
		again, err := net.Dial("tcp", l.Addr().String())
		g.Expect(err).NotTo(HaveOccurred())
		for _, c := range []interface{ Close() error }{again, pooled, server, l} {
			_ = c.Close()
		}
	}
}
