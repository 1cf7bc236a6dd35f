package dns_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/miekg/dns"

	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

// What is no usable answer, or a misleading one, is told apart by Ask: faults are confirmed with it.
func TestAskTellsWhatIsWrong(t *testing.T) {
	other := resolver.WrongAddress{Address: six}
	cases := []struct {
		fault resolver.Fault
		qtype uint16
		err   error // nil when there is a reply
		check func(g Gomega, r resolver.Reply)
	}{
		{resolver.Garbage{}, dns.TypeA, resolver.ErrNoMessage, nil},
		{resolver.WrongID{}, dns.TypeA, resolver.ErrWrongID, nil},
		{resolver.WrongID{}, dns.TypeA, os.ErrDeadlineExceeded, nil},
		{resolver.Silence{}, dns.TypeA, context.DeadlineExceeded, nil},
		{resolver.Truncated{}, dns.TypeA, nil, func(g Gomega, r resolver.Reply) {
			g.Expect(r.Truncated).To(BeTrue())
			g.Expect(r.Addresses).To(BeEmpty())
		}},
		{resolver.CNAMELoop{}, dns.TypeA, nil, func(g Gomega, r resolver.Reply) {
			g.Expect(r.Aliases).
				To(Equal([]resolver.Alias{{"api.test", "loop.api.test"}, {"loop.api.test", "api.test"}}))
			g.Expect(r.Addresses).To(BeEmpty())
		}},
		{other, dns.TypeA, nil, func(g Gomega, r resolver.Reply) { g.Expect(r.Addresses).To(BeEmpty()) }},
		{other, dns.TypeAAAA, nil, func(g Gomega, r resolver.Reply) { g.Expect(r.Addresses).To(ConsistOf(six)) }},
	}
	for _, c := range cases {
		g := NewWithT(t)
		s := start(t, "127.0.0.1:0")
		s.Set("api.test", four)
		undo := s.Inject("", c.fault)
		wait := soon
		if c.check == nil && c.fault != (resolver.Garbage{}) {
			wait = never
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		got, err := resolver.Ask(ctx, s.Addr(), "API.test", c.qtype)
		cancel()
		if c.err != nil {
			g.Expect(err).To(MatchError(c.err), "%T", c.fault)
		} else {
			g.Expect(err).NotTo(HaveOccurred(), "%T", c.fault)
			g.Expect(got.Rcode).To(Equal("NOERROR"))
			c.check(g, got)
		}
		undo()
		got, err = resolver.Ask(t.Context(), s.Addr(), "api.test", dns.TypeA)
		g.Expect(err).NotTo(HaveOccurred(), "after undo of %T", c.fault)
		g.Expect(got.Addresses).To(ConsistOf(four))
	}
}

// Over TCP a truncating server is silent.
func TestTruncatedOverTCP(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Inject("", resolver.Truncated{})
	client := &dns.Client{Net: "tcp", Timeout: never}
	_, _, err := client.Exchange(new(dns.Msg).SetQuestion("api.test.", dns.TypeA), s.Addr())
	g.Expect(err).To(MatchError(os.ErrDeadlineExceeded))
}

func TestTimeToLive(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.SetFor("api.test", time.Minute, four)
	s.Set("other.test", four)
	for name, want := range map[string]uint32{"api.test": 60, "other.test": 0} {
		reply, err := exchange(t, "udp", s.Addr(), name, dns.TypeA)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(reply.Answer).To(HaveLen(1))
		g.Expect(reply.Answer[0].Header().Ttl).To(Equal(want), name)
	}
}
