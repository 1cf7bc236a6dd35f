package clientnet

import (
	"context"
	"fmt"
	"net/netip"
)

// oldSite is where the site was: a host on which nothing listens any more.
var oldSite = netip.MustParseAddr("192.0.2.99")

// DNSStale is a name that the home knows the old address of.
var DNSStale = register(Fault{
	ID: "client-dns-stale", Title: "the home remembers an address that the site has left", Sees: NoStatus,
	EndedBy: []string{Names.ID, Everything.ID},
	What: "The site has moved, and its name with it. Until the time to live of the old address is over, which may " +
		"be a day, the computer and the router go on using it and knock at a house where nobody lives.",
	Made: "The nameserver gives the old address, for five minutes, when the browser looks the name up; then the " +
		"new one, and the provider's cache is emptied.",
	Confirmed: "The router answers Gatequake's own query with the old address, the provider's resolver with the new one.",
	Inject: func(ctx context.Context, n *Network) (*Injection, error) {
		n.forget()
		n.Resolver.Forget()
		n.Names.SetFor(n.Site.Name, longTTL, oldSite)
		defer func() {
			n.Names.SetFor(n.Site.Name, longTTL, n.Site.At.Addr())
			n.Resolver.Forget()
		}()
		if a, err := n.Browser.Resolve(ctx, n.Site.Name); err != nil || a != oldSite {
			return nil, fmt.Errorf("look up %s: got %s (%w), want %s", n.Site.Name, a, orNone(err), oldSite)
		}
		return &Injection{
			Undo:    func(context.Context) error { n.forget(); return nil },
			Confirm: func(ctx context.Context) (string, error) { return n.cachesAnswer(ctx, "NOERROR", oldSite.String()) },
		}, nil
	},
})
