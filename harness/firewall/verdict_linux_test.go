package firewall_test

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

var verdicts = []struct {
	verdict firewall.Verdict
	v4, v6  error // nil for a timeout
}{
	{firewall.Drop, nil, nil},
	{firewall.RejectRST, syscall.ECONNREFUSED, syscall.ECONNREFUSED},
	{firewall.RejectPort, syscall.ECONNREFUSED, syscall.ECONNREFUSED},
	{firewall.RejectHost, syscall.EHOSTUNREACH, syscall.EHOSTUNREACH},
	{firewall.RejectNet, syscall.ENETUNREACH, syscall.ENETUNREACH},
	{firewall.RejectAdmin, syscall.EHOSTUNREACH, syscall.EACCES},
}

// Each case has addresses of its own, so that all run at the same time: the IPv6 ones take a second.
func TestVerdictsAsADialSeesThem(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	f, port := create(t), echo(t)
	upstream4, upstream6, client := netip.MustParseAddr("10.20.30.0"), netip.MustParseAddr("fd00::"),
		netip.MustParseAddr("203.0.113.0")
	for _, c := range verdicts {
		try := func(name string, r firewall.Rule, from, to netip.Addr, want error) {
			r.Verdict = c.verdict
			t.Run(c.verdict.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				blocks(t, f, r, from, netip.AddrPortFrom(to, port), want)
			})
		}
		var same netip.Addr // the client's address is then the upstream's
		// By address alone the rule matches the replies too, and the rejections, unless they are exempt.
		upstream4, upstream6 = upstream4.Next(), upstream6.Next()
		try("by address", firewall.Rule{To: only(upstream4)}, same, upstream4, c.v4)
		try("by address in IPv6", firewall.Rule{To: only(upstream6)}, same, upstream6, c.v6)
		upstream4, upstream6 = upstream4.Next(), upstream6.Next()
		try("by port", firewall.Rule{To: only(upstream4), ToPort: port, Protocol: firewall.TCP}, same, upstream4, c.v4)
		try("by port in IPv6", firewall.Rule{To: only(upstream6), ToPort: port, Protocol: firewall.TCP}, same,
			upstream6, c.v6)
		upstream4, client = upstream4.Next(), client.Next()
		try("by client", firewall.Rule{From: only(client), To: netip.MustParsePrefix("10.20.0.0/16")}, client,
			upstream4, c.v4)
	}
}

// blocks applies r and checks that a dial fails with want, or times out when want is nil, and succeeds before
// and after.
func blocks(t *testing.T, f *firewall.Firewall, r firewall.Rule, from netip.Addr, to netip.AddrPort, want error) {
	g := NewWithT(t)
	_, err := dial(t, from, to, soon)
	g.Expect(err).NotTo(HaveOccurred(), "before")
	undo := apply(t, f, r)
	if want == nil {
		_, err = dial(t, from, to, never)
		g.Expect(timedOut(err)).To(BeTrue(), "got %v, want a timeout", err)
	} else {
		_, err = dial(t, from, to, soon)
		g.Expect(err).To(MatchError(want))
	}
	g.Expect(undo()).To(Succeed())
	g.Expect(undo()).To(Succeed(), "undone again")
	_, err = dial(t, from, to, soon)
	g.Expect(err).NotTo(HaveOccurred(), "after")
}

// timedOut reports whether a dial got no answer at all; its error is not always one of the sentinels.
func timedOut(err error) bool {
	var failed net.Error
	return errors.As(err, &failed) && failed.Timeout()
}
