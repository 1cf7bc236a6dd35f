package dns_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/miekg/dns"

	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

// late is a delay that shows among the noise of a busy machine.
const late = 100 * time.Millisecond

var faults = []struct {
	fault  resolver.Fault
	rcode  int // -1 for no answer
	soa    bool
	record string
	check  func(*net.DNSError) bool // what Go's resolver makes of it; nil when it succeeds
}{
	{resolver.NXDOMAIN, dns.RcodeNameError, true, "NXDOMAIN", func(err *net.DNSError) bool { return err.IsNotFound }},
	{
		resolver.SERVFAIL, dns.RcodeServerFailure, false, "SERVFAIL",
		func(err *net.DNSError) bool { return err.IsTemporary && !err.IsTimeout },
	},
	{
		resolver.REFUSED, dns.RcodeRefused, false, "REFUSED",
		func(err *net.DNSError) bool { return !err.IsNotFound && !err.IsTimeout },
	},
	{resolver.NoData{}, dns.RcodeSuccess, true, "NOERROR", func(err *net.DNSError) bool { return err.IsNotFound }},
	{resolver.Silence{}, -1, false, "silence", func(err *net.DNSError) bool { return err.IsTimeout }},
	{resolver.Slow(late), dns.RcodeSuccess, false, "NOERROR", nil},
	{resolver.CNAMELoop{}, dns.RcodeSuccess, false, "NOERROR", func(err *net.DNSError) bool { return !err.IsTimeout }},
	{resolver.WrongAddress{Address: six}, dns.RcodeSuccess, true, "NOERROR", nil},
}

func TestFaultsOnTheWire(t *testing.T) {
	for _, c := range faults {
		for _, proto := range []string{"udp", "tcp"} {
			t.Run(fmt.Sprintf("%T(%v) over %s", c.fault, c.fault, proto), func(t *testing.T) {
				g := NewWithT(t)
				s := start(t, "127.0.0.1:0")
				s.Set("api.test", four)
				s.Set("other.test", four)
				undo := s.Inject("API.test", c.fault)
				client := &dns.Client{Net: proto, Timeout: soon}
				if c.rcode < 0 {
					client.Timeout = never
				}
				reply, took, err := client.Exchange(new(dns.Msg).SetQuestion("api.test.", dns.TypeA), s.Addr())
				if c.rcode < 0 {
					g.Expect(errors.Is(err, os.ErrDeadlineExceeded)).To(BeTrue(), "got %v, want a timeout", err)
				} else {
					g.Expect(err).NotTo(HaveOccurred())
					g.Expect(reply.Rcode).To(Equal(c.rcode))
					g.Expect(reply.Ns).To(HaveLen(map[bool]int{true: 1}[c.soa]))
				}
				if c.fault == resolver.Slow(late) {
					g.Expect(took).To(BeNumerically(">=", late))
				}
				g.Eventually(s.Queries).WithTimeout(soon).Should(HaveLen(1))
				g.Expect(s.Queries()[0].Answer).To(Equal(c.record))

				reply, err = exchange(t, proto, s.Addr(), "other.test", dns.TypeA)
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(reply.Answer).To(HaveLen(1), "a bystander")
				undo()
				undo()
				reply, err = exchange(t, proto, s.Addr(), "api.test", dns.TypeA)
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(reply.Answer).To(HaveLen(1), "after undo")
			})
		}
	}
}

func TestFaultsAsGoSeesThem(t *testing.T) {
	for _, c := range faults {
		for _, proto := range []string{"udp", "tcp"} {
			t.Run(fmt.Sprintf("%T(%v) over %s", c.fault, c.fault, proto), func(t *testing.T) {
				g := NewWithT(t)
				s := start(t, "127.0.0.1:0")
				s.Set("api.test", four)
				s.Inject("", c.fault)
				r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, proto, s.Addr())
					if err == nil {
						// The resolver reads on for 5 s when its caller is gone.
						t.Cleanup(func() { _ = conn.Close() })
					}
					return conn, err
				}}
				wait := soon
				if c.rcode < 0 {
					wait = never
				}
				ctx, cancel := context.WithTimeout(t.Context(), wait)
				defer cancel()
				got, err := r.LookupNetIP(ctx, "ip", "api.test.")
				if c.check == nil {
					g.Expect(err).NotTo(HaveOccurred())
					g.Expect(got).To(HaveLen(1))
					return
				}
				var failed *net.DNSError
				g.Expect(errors.As(err, &failed)).To(BeTrue(), "got %v", err)
				g.Expect(c.check(failed)).To(BeTrue(), "got %#v", failed)
			})
		}
	}
}

func TestNewestFaultWins(t *testing.T) {
	s := start(t, "127.0.0.1:0")
	s.Set("api.test", four)
	rcode := func(want string) {
		t.Helper()
		got, err := resolver.Ask(t.Context(), s.Addr(), "api.test", dns.TypeA)
		if err != nil || got.Rcode != want {
			t.Errorf("rcode: got %q, %v, want %q", got.Rcode, err, want)
		}
	}
	one := s.Inject("api.test", resolver.SERVFAIL)
	every := s.Inject("", resolver.REFUSED)
	again := s.Inject("api.test", resolver.SERVFAIL)
	rcode("SERVFAIL")
	again()
	rcode("REFUSED")
	one()
	one()
	rcode("REFUSED")
	every()
	rcode("NOERROR")
}
