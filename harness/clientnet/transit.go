package clientnet

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"github.com/gatequake/gatequake/harness/firewall"
)

// sitePrefix is the site's address.
func (n *Network) sitePrefix() netip.Prefix {
	return netip.PrefixFrom(n.Site.At.Addr(), n.Site.At.Addr().BitLen())
}

// outbound matches the packets to the site's port, back those from it.
func (n *Network) outbound() firewall.Rule {
	return firewall.Rule{To: n.sitePrefix(), ToPort: n.Site.At.Port(), Protocol: firewall.TCP}
}

func (n *Network) inbound() firewall.Rule {
	return firewall.Rule{From: n.sitePrefix(), FromPort: n.Site.At.Port(), Protocol: firewall.TCP}
}

// atProvider is an injection by a rule for what passes the provider.
func (n *Network) atProvider(
	confirm func(context.Context) (string, error), rules ...firewall.Rule,
) (*Injection, error) {
	undos := []func() error{}
	undo := func(context.Context) (err error) {
		for _, u := range undos {
			err = errors.Join(err, u())
		}
		return err
	}
	for _, r := range rules {
		u, err := n.AtProvider.Apply(r)
		if err != nil {
			return nil, errors.Join(err, undo(context.Background()))
		}
		undos = append(undos, u)
	}
	return &Injection{Undo: undo, Confirm: confirm}, nil
}

// TransitDrop is a provider that loses every packet.
var TransitDrop = register(Fault{
	ID: "transit-drop", Title: "a hop of the provider's drops every packet to the site", Sees: NoStatus,
	EndedBy: []string{Provider.ID},
	What: "A router of the provider's has a wrong route or a broken line card. What is for the site vanishes " +
		"there, and nobody at either end can do anything about it but wait or go another way.",
	Made:      "A rule at the provider's hop drops what is for the site.",
	Confirmed: "Gatequake's own dial from the computer gets no reply, one from the provider does.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		rule := n.outbound()
		rule.Verdict = firewall.Drop
		return n.atProvider(n.confirmNoReply, rule)
	},
})

// TransitReject is a provider that has no way to the site, and says so.
var TransitReject = register(Fault{
	ID: "transit-reject", Title: "a hop of the provider's says that the site cannot be reached", Sees: NoStatus,
	EndedBy: []string{Provider.ID},
	What: "The provider has no route to the site, or forbids it, and says so by ICMP. The browser knows at once " +
		"that nothing will come; a connection that is open goes silent all the same, for TCP takes such a message " +
		"on it for a hint.",
	Made: "A rule at the provider's hop answers what is for the site with host unreachable; the browser has no " +
		"connection open.",
	Confirmed: "Gatequake's own dial from the computer gets EHOSTUNREACH, one from the provider is answered.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		n.Browser.Disconnect()
		rule := n.outbound()
		rule.Verdict = firewall.RejectHost
		return n.atProvider(func(ctx context.Context) (string, error) {
			conn, err := n.dial(ctx, n.Computer, replyLimit)
			if err == nil {
				_ = conn.Close()
			}
			if !errors.Is(err, syscall.EHOSTUNREACH) {
				return "", fmt.Errorf("dial the site from the computer: got %w, want EHOSTUNREACH", orNone(err))
			}
			return "Gatequake's own dial from the computer: host unreachable; from the provider: connected", n.confirmSite(ctx)
		}, rule)
	},
})
