package dns_test

import (
	"context"
	"testing"
	"time"

	"github.com/miekg/dns"
	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

func TestForwarder(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.SetFor("kept.test", time.Minute, four)
	f, err := resolver.StartForwarder("127.0.0.1:0", s.Addr(), nil)
	g.Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	asked := func(name string) resolver.Reply {
		t.Helper()
		r, err := resolver.Ask(t.Context(), f.Addr(), name, dns.TypeA)
		g.Expect(err).NotTo(HaveOccurred())
		return r
	}

	g.Expect(asked("kept.test").Addresses).To(ConsistOf(four))
	g.Expect(asked("KEPT.test").Addresses).To(ConsistOf(four))
	g.Expect(s.Queries()).To(HaveLen(1), "what is remembered is not asked for")
	f.Forget()
	g.Expect(asked("kept.test").Addresses).To(ConsistOf(four))
	g.Expect(s.Queries()).To(HaveLen(2))

	undo := s.Inject("late.test", resolver.NoName(time.Minute))
	g.Expect(asked("late.test").Rcode).To(Equal("NXDOMAIN"))
	undo()
	s.Set("late.test", four)
	g.Expect(asked("late.test").Rcode).To(Equal("NXDOMAIN"), "that a name does not exist is remembered, too")
	f.Forget()
	g.Expect(asked("late.test").Addresses).To(ConsistOf(four))

	undo = f.Inject("", resolver.SERVFAIL)
	g.Expect(asked("kept.test").Rcode).To(Equal("SERVFAIL"), "a forwarder breaks as any server does")
	undo()
	s.Inject("", resolver.Silence{})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = resolver.Ask(ctx, f.Addr(), "other.test", dns.TypeA)
	g.Expect(err).To(MatchError(context.DeadlineExceeded), "who is told nothing says nothing")
	begin := time.Now()
	g.Expect(f.Close()).To(Succeed())
	g.Expect(time.Since(begin)).To(BeNumerically("<", 2*time.Second), "it does not wait for the other's answer")
}
