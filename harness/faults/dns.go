package faults

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
)

// typeA is the query type that every gateway asks for (RFC 1035, section 3.2.2).
const typeA = 1

// answered declares a resolver that answers with a code instead of an address.
func answered(id string, code dns.Rcode, title, what string) *catalog.Fault {
	return catalog.RegisterFault(catalog.Fault{
		ID: id, Title: title, What: what,
		Cause: cause.DNS, Type: proxystatus.DNSError, Phase: catalog.Resolving, Route: site.RouteNamed,
		Made: fmt.Sprintf("The world's nameserver answers %s for every name; the gateway's earlier answers have a "+
			"time to live of 0 and are over.", code),
		Confirmed: fmt.Sprintf("Gatequake's own query for the upstream's name is answered %s.", code),
		Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
			return resolver(b, code, func(ctx context.Context) (string, error) {
				reply, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
				if err != nil || reply.Rcode != code.String() {
					return "", fmt.Errorf("ask for %s: got %s (%w), want %s", b.Plan.Named.Host, reply.Rcode, err, code)
				}
				return fmt.Sprintf("Gatequake's own query for %s: %s", b.Plan.Named.Host, reply.Rcode), nil
			}), nil
		},
	})
}

// resolver is an injection by the world's nameserver.
func resolver(b *site.Bench, f dns.Fault, confirm confirmation) *catalog.Injection {
	undo := b.DNS.Inject(b.Plan.BrokenName, f)
	return &catalog.Injection{Undo: func(context.Context) error { undo(); return nil }, Confirm: confirm}
}

// The resolver's answers that are none.
var (
	DNSNXDomain = answered("dns-nxdomain", dns.NXDOMAIN, "the upstream's name does not exist",
		"The name was removed, mistyped or never published: the nameserver says with authority that it does not exist.")
	DNSServFail = answered("dns-servfail", dns.SERVFAIL, "the nameserver fails",
		"The nameserver cannot find out: its own upstreams are unreachable, or a signature does not verify. Every "+
			"lookup fails, for as long as that lasts.")
	DNSRefused = answered("dns-refused", dns.REFUSED, "the nameserver refuses to answer",
		"The nameserver's access list does not know the gateway, as after a move to another network: it answers, "+
			"and says no.")
)

// DNSSilence is a nameserver that does not answer.
var DNSSilence = catalog.RegisterFault(catalog.Fault{
	ID:    "dns-silence",
	Title: "the nameserver does not answer",
	Cause: cause.DNS, Type: proxystatus.DNSTimeout, Phase: catalog.Resolving, Route: site.RouteNamed,
	What: "The nameserver is gone, or the path to it. Lookups take as long as the gateway's resolver is willing to " +
		"wait, which is often longer than its own timeouts for the upstream.",
	Made:      "The world's nameserver reads every query and answers none.",
	Confirmed: "Gatequake's own query for the upstream's name gets no reply.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		return resolver(b, dns.Silence{}, func(ctx context.Context) (string, error) {
			ctx, cancel := context.WithTimeout(ctx, silenceWindow)
			defer cancel()
			reply, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded) {
				return "", fmt.Errorf("ask for %s: got %s (%w), want no reply in %s", b.Plan.Named.Host,
					reply.Rcode, err, silenceWindow)
			}
			return fmt.Sprintf("Gatequake's own query for %s: no reply in %s", b.Plan.Named.Host, silenceWindow), nil
		}), nil
	},
})
