package clientnet

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/harness/firewall"
)

// AccessDown is a line that is cut.
var AccessDown = register(Fault{
	ID: "access-link-down", Title: "the line between the home and the provider is cut", Sees: NoStatus,
	EndedBy: []string{Provider.ID},
	What: "Somebody has dug where the cable was. The home's own network is well, and the router answers; nothing " +
		"gets farther.",
	Made:      "The provider's end of the cable to the router is pulled out.",
	Confirmed: "Gatequake's own dial from the computer gets no connection, one from the provider does.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		if err := n.Provider.Plug(toRouter, false); err != nil {
			return nil, err
		}
		return &Injection{
			Undo: func(ctx context.Context) error {
				if err := n.Provider.Plug(toRouter, true); err != nil {
					return err
				}
				return n.awaitLine(ctx)
			},
			Confirm: func(ctx context.Context) (string, error) {
				conn, err := n.dial(ctx, n.Computer, silenceWindow)
				if err == nil {
					_ = conn.Close()
					return "", fmt.Errorf("dial the site from the computer: got a connection, want none")
				}
				return "Gatequake's own dial from the computer: no connection; from the provider: connected", n.confirmSite(ctx)
			},
		}, nil
	},
})

// AccessLoss is a bad line.
var AccessLoss = register(Fault{
	ID: "packet-loss", Title: "the line between the home and the provider loses three packets of ten", Sees: Served,
	Reaches:   true,
	What:      "A bad line is no cut one: TCP sends again what was lost. The page comes, later.",
	Made:      "Rules at the provider's hop drop six of each 20 packets of a connection with the site.",
	Confirmed: "Both rules are in force, and Gatequake's own request from the computer is answered all the same.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		out, in := n.outbound(), n.inbound()
		out.Loss, out.Verdict = true, firewall.Drop
		in.Loss, in.Verdict = true, firewall.Drop
		return n.atProvider(func(ctx context.Context) (string, error) {
			if err := n.ask(ctx, n.request(""), replyLimit); err != nil {
				return "", fmt.Errorf("ask the site from the computer: %w", err)
			}
			return "Gatequake's own request from the computer: answered", nil
		}, out, in)
	},
})
