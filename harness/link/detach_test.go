package link

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestDetach(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	open := dial(t, l.Addr())
	roundTrip(t, open, "before")
	back, err := l.Detach(context.Background())
	g.Expect(err).NotTo(HaveOccurred())
	_, how := end(open)
	g.Expect(how).To(Equal("FIN"))
	g.Expect(refused(l.Addr())).To(BeTrue())

	other, err := net.Listen("tcp", l.Addr())
	g.Expect(err).NotTo(HaveOccurred(), "the port must be free")
	defer other.Close()
	go func() {
		if c, err := other.Accept(); err == nil {
			_, _ = c.Write([]byte("scripted"))
			_ = c.Close()
		}
	}()
	read, _ := end(dial(t, l.Addr()))
	g.Expect(read).To(Equal(len("scripted")))

	g.Expect(back(context.Background())).To(MatchError(syscall.EADDRINUSE), "somebody else is there")
	time.AfterFunc(callTimeout/10, func() { _ = other.Close() }) // It is not there to stay.
	g.Expect(back(context.Background())).To(Succeed())
	g.Expect(back(context.Background())).To(Succeed())
	roundTrip(t, dial(t, l.Addr()), "after")
}

func TestDetachKeepsToxicsAndRefusal(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	inject(t, l, Latency{Delay: 200 * time.Millisecond})
	undo := inject(t, l, Refuse{})
	back, err := l.Detach(context.Background())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(back(context.Background())).To(Succeed())
	g.Expect(refused(l.Addr())).To(BeTrue())
	undo()
	g.Expect(roundTrip(t, dial(t, l.Addr()), "x")).To(BeNumerically(">=", 200*time.Millisecond))
}

func TestInjectBringsBackALinkThatCouldNotListen(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	back, err := l.Detach(context.Background())
	g.Expect(err).NotTo(HaveOccurred())
	other, err := net.Listen("tcp", l.Addr())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(back(context.Background())).To(MatchError(syscall.EADDRINUSE))
	_, err = l.Inject(context.Background(), Latency{Delay: time.Millisecond})
	g.Expect(err).To(MatchError(syscall.EADDRINUSE), "a toxic on a link that nobody can reach is not in force")
	g.Expect(other.Close()).To(Succeed())
	inject(t, l, Latency{Delay: time.Millisecond})
	roundTrip(t, dial(t, l.Addr()), "after")
}
