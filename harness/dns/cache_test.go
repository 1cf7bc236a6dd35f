package dns_test

import (
	"context"
	"net"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	resolver "github.com/gatequake/gatequake/harness/dns"
)

func TestCacheKeepsWhatMayBeKept(t *testing.T) {
	g := NewWithT(t)
	s := start(t, "127.0.0.1:0")
	s.SetFor("kept.test", time.Minute, four)
	s.SetFor("brief.test", time.Second, four)
	s.Set("other.test", four)
	cache := &resolver.Cache{}
	look := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := cache.Dial(ctx, network, s.Addr())
		if err == nil {
			t.Cleanup(func() { _ = conn.Close() }) // The resolver reads on for 5 s when its caller is gone.
		}
		return conn, err
	}}
	lookup := func(name string, wait time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		got, err := look.LookupNetIP(ctx, "ip", name)
		if err == nil {
			g.Expect(got).To(HaveLen(1))
		}
		return err
	}
	for _, name := range []string{"kept.test.", "brief.test.", "other.test."} {
		g.Expect(lookup(name, soon)).To(Succeed())
	}
	asked := len(s.Queries())
	g.Expect(lookup("kept.test.", soon)).To(Succeed())
	g.Expect(s.Queries()).To(HaveLen(asked), "neither family was asked for again")

	undo := s.Inject("", resolver.Silence{})
	g.Expect(lookup("kept.test.", soon)).To(Succeed())
	g.Expect(lookup("other.test.", never)).NotTo(Succeed(), "a time to live of 0")
	g.Eventually(func() error { return lookup("brief.test.", never) }).WithTimeout(soon).ShouldNot(Succeed(),
		"when its time is over")
	undo()
	g.Expect(lookup("brief.test.", soon)).To(Succeed())
}
