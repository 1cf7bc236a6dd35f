package dns_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/onsi/gomega/gleak"

	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

const (
	// soon bounds what answers at once, on a machine that is busy with other things.
	soon = 30 * time.Second
	// never is how long silence is listened to; nothing that answers at once takes as long.
	never = 300 * time.Millisecond
)

var (
	four = netip.MustParseAddr("198.51.100.11")
	six  = netip.MustParseAddr("2001:db8::11")
)

// start returns a server that is closed, and has left nothing behind, when the test ends.
func start(t *testing.T, listen string) *resolver.Server {
	t.Helper()
	before := gleak.Goroutines()
	s, err := resolver.Start(listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g := NewWithT(t)
		g.Expect(s.Close()).To(Succeed())
		g.Expect(s.Close()).To(Succeed(), "closed again")
		g.Eventually(gleak.Goroutines).WithTimeout(soon).ShouldNot(gleak.HaveLeaked(before))
	})
	return s
}

func exchange(t *testing.T, proto, server, name string, qtype uint16) (*dns.Msg, error) {
	t.Helper()
	client := &dns.Client{Net: proto, Timeout: soon}
	reply, _, err := client.ExchangeContext(t.Context(), new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype), server)
	return reply, err
}

func TestAnswers(t *testing.T) {
	s := start(t, "127.0.0.1:0")
	s.Set("Both.Test", four, six, netip.MustParseAddr("::ffff:198.51.100.12"))
	s.Set("empty.test")
	for _, proto := range []string{"udp", "tcp"} {
		for _, c := range []struct {
			name    string
			qtype   uint16
			rcode   int
			answers int
		}{
			{"both.test", dns.TypeA, dns.RcodeSuccess, 2},
			{"bOTH.tEST", dns.TypeAAAA, dns.RcodeSuccess, 1},
			{"both.test", dns.TypeANY, dns.RcodeSuccess, 3},
			{"both.test", dns.TypeSRV, dns.RcodeSuccess, 0},
			{"empty.test", dns.TypeA, dns.RcodeSuccess, 0},
			{"sub.both.test", dns.TypeA, dns.RcodeNameError, 0},
			{".", dns.TypeA, dns.RcodeNameError, 0},
		} {
			g := NewWithT(t)
			reply, err := exchange(t, proto, s.Addr(), c.name, c.qtype)
			g.Expect(err).NotTo(HaveOccurred(), "%s %s", proto, c.name)
			g.Expect(reply.Rcode).To(Equal(c.rcode), c.name)
			g.Expect(reply.Answer).To(HaveLen(c.answers), c.name)
			g.Expect(reply.Authoritative && reply.RecursionAvailable).To(BeTrue(), "aa and ra")
			for _, record := range reply.Answer {
				g.Expect(record.Header().Name).To(Equal(dns.Fqdn(c.name)), "spelled as it was asked")
				g.Expect(record.Header().Ttl).To(BeZero())
			}
			if c.answers == 0 {
				g.Expect(reply.Ns).To(ConsistOf(BeAssignableToTypeOf(&dns.SOA{})), c.name)
			}
		}
	}
}

func TestTruncatesWhatDoesNotFit(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	many := make([]netip.Addr, 60) // 60 A records of 16 bytes: more than 512
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
	}
	s.Set("many.test", many...)
	got, err := resolver.Ask(t.Context(), s.Addr(), "many.test", dns.TypeA)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(got.Truncated).To(BeTrue())
	reply, err := exchange(t, "tcp", s.Addr(), "many.test", dns.TypeA)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(reply.Answer).To(HaveLen(60))
	g.Expect(reply.Truncated).To(BeFalse())
}

func TestQueries(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Set("api.test", four)
	before := time.Now()
	_, err := exchange(t, "udp", s.Addr(), "API.test", dns.TypeA)
	g.Expect(err).NotTo(HaveOccurred())
	_, err = exchange(t, "tcp", s.Addr(), "gone.test", dns.TypeAAAA)
	g.Expect(err).NotTo(HaveOccurred())
	got := s.Queries()
	g.Expect(got).To(HaveLen(2))
	for i, want := range []resolver.Query{
		{Name: "api.test", Type: "A", Proto: "udp", Answer: "NOERROR"},
		{Name: "gone.test", Type: "AAAA", Proto: "tcp", Answer: "NXDOMAIN"},
	} {
		g.Expect(got[i].At).To(BeTemporally("~", before, soon))
		g.Expect(got[i].From.Addr().IsLoopback()).To(BeTrue())
		want.At, want.From, want.To = got[i].At, got[i].From, got[i].To // Which address was asked is told on Linux.
		g.Expect(got[i]).To(Equal(want))
	}
	for range 5000 { // more than it remembers
		if _, err := resolver.Ask(t.Context(), s.Addr(), "flood.test", dns.TypeA); err != nil {
			t.Fatal(err)
		}
	}
	g.Expect(len(s.Queries())).To(And(BeNumerically(">=", 2048), BeNumerically("<=", 4096)))
}

func TestAskTellsWhy(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Inject("", resolver.Silence{})
	ctx, cancel := context.WithTimeout(t.Context(), never)
	defer cancel()
	_, err := resolver.Ask(ctx, s.Addr(), "api.test", dns.TypeA)
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(never, cancel)
	_, err = resolver.Ask(ctx, s.Addr(), "api.test", dns.TypeA)
	g.Expect(err).To(MatchError(context.Canceled))
}
