package dns_test

import (
	"crypto/rand"
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

// Late answers, on as many connections as you like, delay nobody else and do not outlive Close.
func TestLateAnswersDelayNobody(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Set("api.test", four)
	s.Inject("slow.test", resolver.Slow(time.Hour))
	query, err := new(dns.Msg).SetQuestion("slow.test.", dns.TypeA).Pack()
	g.Expect(err).NotTo(HaveOccurred())
	for _, proto := range []string{"udp", "tcp"} {
		for range 20 {
			conn, err := dns.Dial(proto, s.Addr())
			g.Expect(err).NotTo(HaveOccurred())
			t.Cleanup(func() { _ = conn.Close() })
			_, err = conn.Write(query)
			g.Expect(err).NotTo(HaveOccurred())
		}
	}
	g.Eventually(s.Queries).WithTimeout(soon).Should(HaveLen(40))
	got, err := resolver.Ask(t.Context(), s.Addr(), "api.test", dns.TypeA)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(got.Addresses).To(ConsistOf(four))
	closing := time.Now()
	g.Expect(s.Close()).To(Succeed())
	g.Expect(time.Since(closing)).To(BeNumerically("<", soon))
}

func TestGarbageIsSurvived(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Set("api.test", four)
	junk := make([]byte, 9000) // larger than any query, smaller than what a loopback datagram may carry
	for _, size := range []int{0, 1, 11, 12, 13, 512, 4096, 9000} {
		_, _ = rand.Read(junk)
		junk[2] &= 0x7f // a query, not a response, or it would be ignored early
		for _, proto := range []string{"udp", "tcp"} {
			conn, err := net.Dial(proto, s.Addr())
			g.Expect(err).NotTo(HaveOccurred())
			_, _ = conn.Write(junk[:size])
			_ = conn.Close()
		}
	}
	_, err := resolver.Ask(t.Context(), s.Addr(), "api.test", dns.TypeA)
	g.Expect(err).NotTo(HaveOccurred())
}

// A client that asks and asks and never reads must not hold up Close.
func TestCloseWithAClientThatNeverReads(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.Inject("", large{})
	conn, err := dns.Dial("tcp", s.Addr())
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = conn.Close() }()
	query := new(dns.Msg).SetQuestion("api.test.", dns.TypeA)
	for range 500 { // times 60 KB of answer: more than the kernel buffers on loopback
		g.Expect(conn.WriteMsg(query)).To(Succeed())
	}
	g.Eventually(s.Queries).WithTimeout(soon).ShouldNot(BeEmpty())
	closing := time.Now()
	g.Expect(s.Close()).To(Succeed())
	g.Expect(time.Since(closing)).To(BeNumerically("<", soon))
}

// large is also the proof that a fault is one type with one method.
type large struct{}

func (large) Break(resolver.Query, *dns.Msg) resolver.Answer {
	return resolver.Answer{Raw: make([]byte, 60_000)}
}
