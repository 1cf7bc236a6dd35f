package dns_test

import (
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	resolver "github.com/gatequake/gatequake/harness/dns"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// A client takes a reply only from the address that it asked: an answer here proves where it came from.
func TestAnswersFromTheAddressThatWasAsked(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	s := start(t, ":53")
	want := netip.MustParseAddr("198.51.100.11")
	s.Set("api.test", want)
	servers := []string{"10.9.8.7:53", "[fd00::7]:53", "127.0.0.53:53", "[::1]:53"}
	for _, server := range servers {
		got, err := resolver.Ask(t.Context(), server, "api.test", dns.TypeA)
		if err != nil || len(got.Addresses) != 1 || got.Addresses[0] != want {
			t.Errorf("ask %s over udp: got %v, %v, want %v", server, got, err, want)
		}
		reply, err := exchange(t, "tcp", server, "api.test", dns.TypeA)
		if err != nil || len(reply.Answer) != 1 {
			t.Errorf("ask %s over tcp: got %v, %v, want one answer", server, reply, err)
		}
	}
	for i, q := range s.Queries() {
		if asked := netip.MustParseAddrPort(servers[i/2]).Addr(); q.To != asked {
			t.Errorf("query %d: got that %s was asked, want %s", i, q.To, asked)
		}
		if !q.From.IsValid() || q.From.Addr().Is4In6() {
			t.Errorf("query from: got %v, want an address with its port, not mapped", q.From)
		}
	}
}
