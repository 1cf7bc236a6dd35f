package clientnet

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/harness/dns"
)

// DNSSilence is a router whose resolver hangs.
var DNSSilence = register(Fault{
	ID: "client-dns-silence", Title: "the router's resolver hangs", Sees: NoStatus,
	EndedBy: []string{Router.ID, Everything.ID},
	What: "The process in the router that answers for names is stuck. It takes every query and says nothing, until " +
		"it is started anew. All else in the router goes on: an address would be reached.",
	Made:      "The router's resolver answers nothing, and the browser has forgotten the name.",
	Confirmed: "Gatequake's own query to the router gets no answer, one to the provider's resolver does.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		n.forget()
		hung := n.Forwarder
		undo := hung.Inject("", dns.Silence{})
		return &Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Confirm: func(ctx context.Context) (string, error) {
				if r, err := n.resolve(ctx, n.Computer, routerAt.Addr(), silenceWindow); !isLate(err) {
					return "", fmt.Errorf("ask the router for %s: got %s (%w), want no answer in %s", n.Site.Name,
						r.Rcode, orNone(err), silenceWindow)
				}
				r, err := n.resolve(ctx, n.Computer, otherEnd(n.EgressIP), replyLimit)
				if err != nil {
					return "", err
				}
				said := firstAddress(r)
				return fmt.Sprintf("Gatequake's own query to the router: no answer in %s; to the provider: "+
					"%s", silenceWindow, said), nil
			},
		}, nil
	},
})
