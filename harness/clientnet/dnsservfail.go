package clientnet

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/harness/dns"
)

// DNSServFail is a provider's resolver that cannot find out.
var DNSServFail = register(Fault{
	ID: "client-dns-servfail", Title: "the provider's resolver answers SERVFAIL", Sees: NoStatus,
	EndedBy: []string{Provider.ID},
	What: "The resolver that the router asks, the provider's, has lost its way to the nameservers, or fails to " +
		"verify what they say. Its SERVFAIL comes through the router. Who asks another resolver is served.",
	Made: "The provider's resolver answers SERVFAIL for the name, and the home has forgotten it.",
	Confirmed: "The router answers Gatequake's own query with SERVFAIL; the site's nameserver, asked from the computer, " +
		"with the address.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		n.forget()
		undo := n.Resolver.Inject(n.Site.Name, dns.SERVFAIL)
		return &Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Confirm: func(ctx context.Context) (string, error) {
				router, err := n.resolve(ctx, n.Computer, routerAt.Addr(), replyLimit)
				if err != nil || router.Rcode != "SERVFAIL" {
					return "", fmt.Errorf("ask the router for %s: got %s (%w), want SERVFAIL", n.Site.Name,
						router.Rcode, orNone(err))
				}
				site, err := n.resolve(ctx, n.Computer, n.providerAt.Addr(), replyLimit)
				if got, want := firstAddress(site), n.Site.At.Addr().String(); err != nil || got != want {
					return "", fmt.Errorf("ask the site's nameserver for %s: got %s (%w), want %s", n.Site.Name, got,
						orNone(err), want)
				}
				return "Gatequake's own query to the router: SERVFAIL; to the site's nameserver: " + firstAddress(site), nil
			},
		}, nil
	},
})
