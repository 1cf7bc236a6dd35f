package link

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func refused(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, soon)
	if err == nil {
		_ = c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

func TestRefuse(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	open := dial(t, l.Addr())
	roundTrip(t, open, "before")
	undo := inject(t, l, Refuse{})
	twice := inject(t, l, Refuse{})
	_, how := end(open)
	g.Expect(how).To(Equal("FIN"))
	g.Expect(refused(l.Addr())).To(BeTrue())
	undo()
	undo()
	g.Expect(refused(l.Addr())).To(BeTrue(), "one of two is still in force")
	twice()
	roundTrip(t, dial(t, l.Addr()), "after")
}

func TestToxicInjectedWhileRefusedWaits(t *testing.T) {
	l := start(t, echo)
	undo := inject(t, l, Refuse{})
	inject(t, l, Latency{Delay: 200 * time.Millisecond})
	undo()
	NewWithT(t).Expect(roundTrip(t, dial(t, l.Addr()), "x")).To(BeNumerically(">=", 200*time.Millisecond))
}

func TestConcurrentUse(t *testing.T) {
	l := start(t, echo)
	var all sync.WaitGroup
	for _, toxic := range []Toxic{
		Latency{Delay: time.Millisecond},
		Reset{},
		Limit{},
		Timeout{Stream: Upstream},
		Refuse{},
	} {
		all.Go(func() {
			for range 10 {
				inject(t, l, toxic)()
			}
		})
	}
	all.Go(func() {
		for range 10 {
			back, err := l.Detach(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			if err := back(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		for range 50 {
			if c, err := net.DialTimeout("tcp", l.Addr(), soon); err == nil {
				_ = c.SetDeadline(time.Now().Add(20 * time.Millisecond)) // some toxic may swallow the byte
				_, _ = c.Write([]byte("x"))
				_, _ = c.Read(make([]byte, 1))
				_ = c.Close()
			}
		}
	})
	all.Wait()
	roundTrip(t, dial(t, l.Addr()), "after all is undone")
}

func TestInjectGivesUpWhenTheContextDoes(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	ctx, cancel := context.WithCancel(context.Background())
	undo, err := l.Inject(ctx, Refuse{})
	g.Expect(err).NotTo(HaveOccurred())
	cancel()
	_, err = l.Inject(ctx, Limit{})
	g.Expect(err).To(MatchError(context.Canceled))
	g.Expect(undo(ctx)).To(MatchError(context.Canceled))
	g.Expect(undo(context.WithoutCancel(ctx))).To(Succeed(), "an undo can be tried again")
	roundTrip(t, dial(t, l.Addr()), "x")
}
