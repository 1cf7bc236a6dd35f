package clientnet

import (
	"context"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
)

// longTTL is how long names are remembered that a fault is made of: longer than any experiment.
const longTTL = 5 * time.Minute

// DNSNXDomain is a name that the home believes not to exist.
var DNSNXDomain = register(Fault{
	ID: "client-dns-nxdomain", Title: "the home remembers that the site's name does not exist", Sees: NoStatus,
	EndedBy: []string{Names.ID, Everything.ID},
	What: "The name was looked up while it did not exist, or its nameserver said so by mistake. Resolvers may " +
		"remember that as they remember an address (RFC 2308), and the computer and the router do, while the rest " +
		"of the world sees the name again.",
	Made: "The nameserver says NXDOMAIN, to be remembered for five minutes, when the browser looks the name up; " +
		"then it is well again, and so is the provider's cache.",
	Confirmed: "The router answers Gatequake's own query with NXDOMAIN, the provider's resolver with the address.",
	Inject: func(ctx context.Context, n *Network) (*Injection, error) {
		n.forget()
		n.Resolver.Forget()
		mend := n.Names.Inject(n.Site.Name, dns.NoName(longTTL))
		defer func() { mend(); n.Resolver.Forget() }()
		if a, err := n.Browser.Resolve(ctx, n.Site.Name); err == nil {
			return nil, fmt.Errorf("look up %s: got %s, want that it does not exist", n.Site.Name, a)
		}
		return &Injection{
			Undo:    func(context.Context) error { n.forget(); return nil },
			Confirm: func(ctx context.Context) (string, error) { return n.cachesAnswer(ctx, "NXDOMAIN", "") },
		}, nil
	},
})

// cachesAnswer proves that the router gives another answer than the provider's resolver, which gives the right one.
func (n *Network) cachesAnswer(ctx context.Context, rcode, address string) (string, error) {
	router, err := n.resolve(ctx, n.Computer, routerAt.Addr(), replyLimit)
	if err != nil {
		return "", err
	}
	provider, err := n.resolve(ctx, n.Computer, otherEnd(n.EgressIP), replyLimit)
	if err != nil {
		return "", err
	}
	if got := firstAddress(router); router.Rcode != rcode || got != address {
		return "", fmt.Errorf("ask the router for %s: got %s %s, want %s %s", n.Site.Name, router.Rcode, got,
			rcode, address)
	}
	if got, want := firstAddress(provider), n.Site.At.Addr().String(); got != want {
		return "", fmt.Errorf("ask the provider for %s: got %s %s, want %s", n.Site.Name, provider.Rcode, got, want)
	}
	return fmt.Sprintf("Gatequake's own query to the router: %s %s; to the provider: "+
		"%s", rcode, address, firstAddress(provider)), nil
}

func firstAddress(r dns.Reply) string {
	if len(r.Addresses) == 0 {
		return ""
	}
	return r.Addresses[0].String()
}
