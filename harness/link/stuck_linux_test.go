package link

import (
	"context"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestCallsAreBoundedBehindAnOriginThatNeverAnswers(t *testing.T) {
	g := NewWithT(t)
	noLeak(t)
	origin, open := blackhole(t)
	l := to(t, origin)
	dial(t, l.Addr())
	g.Eventually(dialling).WithArguments(t, origin).WithTimeout(soon).Should(Equal(1))

	begin := time.Now()
	_, err := l.Inject(context.Background(), Refuse{})
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	g.Expect(err).To(MatchError(ContainSubstring("drop the connections to " + origin + ": wait for toxiproxy")))
	g.Expect(time.Since(begin)).To(BeNumerically("<", 8*time.Second))

	dial(t, l.Addr()) // the link came back, with a proxy of its own
	g.Eventually(dialling).WithArguments(t, origin).WithTimeout(soon).Should(Equal(2))
	begin = time.Now()
	g.Expect(l.Close(context.Background())).To(MatchError(context.DeadlineExceeded))
	g.Expect(time.Since(begin)).To(BeNumerically("<", 8*time.Second))
	g.Expect(refused(l.Addr())).To(BeTrue(), "the listener is gone all the same")
	open()
}

func TestUndoHealsWhenToxiproxyIsStuck(t *testing.T) {
	g := NewWithT(t)
	l := to(t, serve(t, blast(64<<20)))
	undo := inject(t, l, Latency{Delay: time.Millisecond})
	c := dial(t, l.Addr())
	jam(t, c)
	begin := time.Now()
	undo()
	g.Expect(time.Since(begin)).To(BeNumerically("<", 8*time.Second))
	fresh := dial(t, l.Addr())
	send(t, fresh, "?")
	g.Expect(io.ReadFull(fresh, make([]byte, 1000))).To(Equal(1000))
}

func TestInjectAndCloseAreBoundedBehindAClientThatDoesNotRead(t *testing.T) {
	g := NewWithT(t)
	l := to(t, serve(t, blast(64<<20)))
	jam(t, dial(t, l.Addr()))
	_, err := l.Inject(context.Background(), Latency{Delay: time.Millisecond})
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	begin := time.Now()
	g.Expect(l.Close(context.Background())).To(Succeed())
	g.Expect(time.Since(begin)).To(BeNumerically("<", 8*time.Second))
}

func TestRefuseReservesThePort(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	roundTrip(t, dial(t, l.Addr()), "leaves connections behind")
	undo := inject(t, l, Refuse{})
	_, err := net.Listen("tcp", l.Addr())
	g.Expect(err).To(MatchError(syscall.EADDRINUSE))
	undo()
	roundTrip(t, dial(t, l.Addr()), "after")
}
