package link

import (
	"io"
	"net"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestResetIsARST(t *testing.T) {
	for _, stream := range []Stream{Downstream, Upstream} {
		t.Run(stream.String(), func(t *testing.T) {
			g := NewWithT(t)
			l := start(t, echo)
			pooled := dial(t, l.Addr())
			roundTrip(t, pooled, "before")
			undo := inject(t, l, Reset{After: 50 * time.Millisecond, Stream: stream})
			_, how := end(pooled)
			g.Expect(how).To(Equal("FIN"), "a pooled connection is dropped, so that the next one is reset")

			c := dial(t, l.Addr())
			g.Expect(silent(c)).To(BeTrue(), "no byte, no reset")
			begin := time.Now()
			send(t, c, "hello")
			read, how := end(c)
			g.Expect(how).To(Equal("RST"))
			g.Expect(read).To(BeZero())
			g.Expect(time.Since(begin)).To(BeNumerically(">=", 50*time.Millisecond))

			poisoned := dial(t, l.Addr())
			g.Expect(silent(poisoned)).To(BeTrue())
			undo()
			_, how = end(poisoned)
			g.Expect(how).To(Equal("RST"), "dropped, and Toxiproxy closes what was opened under a reset with one")
			c = dial(t, l.Addr())
			roundTrip(t, c, "after")
			g.Expect(c.CloseWrite()).To(Succeed())
			_, how = end(c)
			g.Expect(how).To(Equal("FIN"), "no poison is left")
		})
	}
}

func TestLimitDeliversExactlyItsBytes(t *testing.T) {
	for _, limit := range []int{0, 1, 1000} {
		g := NewWithT(t)
		l := start(t, func(c *net.TCPConn) { blast(1500)(c) })
		pooled := dial(t, l.Addr())
		send(t, pooled, "?")
		g.Expect(io.ReadFull(pooled, make([]byte, 1500))).To(Equal(1500))
		undo := inject(t, l, Limit{Bytes: int64(limit)})
		_, how := end(pooled)
		g.Expect(how).To(Equal("FIN"))
		c := dial(t, l.Addr())
		g.Expect(silent(c)).To(BeTrue(), "no byte, no end")
		send(t, c, "?")
		read, how := end(c)
		g.Expect(how).To(Equal("FIN"))
		g.Expect(read).To(Equal(limit))
		open := dial(t, l.Addr())
		g.Expect(silent(open)).To(BeTrue())
		undo()
		for _, c := range []net.Conn{open, dial(t, l.Addr())} {
			send(t, c, "?")
			g.Expect(io.ReadFull(c, make([]byte, 1500))).To(Equal(1500))
		}
	}
}

func TestTimeoutEndsWithAFIN(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	open := dial(t, l.Addr())
	roundTrip(t, open, "before")
	undo := inject(t, l, Timeout{After: 100 * time.Millisecond})
	// The second is dialled when the first has ended: idle meanwhile, it would end as its byte is sent, and
	// Toxiproxy leaks what comes then.
	for _, connect := range []func() *net.TCPConn{
		func() *net.TCPConn { return open },
		func() *net.TCPConn { return dial(t, l.Addr()) },
	} {
		c := connect()
		begin := time.Now()
		send(t, c, "hello")
		read, how := end(c)
		g.Expect(how).To(Equal("FIN"))
		g.Expect(read).To(BeZero())
		g.Expect(time.Since(begin)).To(BeNumerically("<", soon/2))
	}
	undo()
	roundTrip(t, dial(t, l.Addr()), "after")
}

func TestTimeoutZeroUpstreamHangs(t *testing.T) {
	g := NewWithT(t)
	l := start(t, func(c *net.TCPConn) { _, _ = io.CopyN(c, c, 5) }) // closes after its answer, and is never asked
	open := dial(t, l.Addr())
	undo := inject(t, l, Timeout{Stream: Upstream})
	fresh := dial(t, l.Addr())
	for _, c := range []net.Conn{open, fresh} {
		send(t, c, "hello")
		g.Expect(silent(c)).To(BeTrue())
	}
	undo()
	for _, c := range []net.Conn{open, fresh} {
		read, _ := end(c)
		g.Expect(read).To(BeZero(), "dropped: its request is lost")
	}
	roundTrip(t, dial(t, l.Addr()), "after")
}
