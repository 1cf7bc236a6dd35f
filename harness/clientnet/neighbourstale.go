package clientnet

import (
	"context"
	"fmt"
	"net"
)

// oldRouter is the hardware address of a router that is not there any more (locally administered, so nobody's).
var oldRouter = net.HardwareAddr{2, 0, 0, 0, 0, 0x99}

// NeighbourStale is a computer that sends its frames to a router that is gone.
var NeighbourStale = register(Fault{
	ID: "neighbour-stale", Title: "the computer remembers the hardware address of another router", Sees: NoStatus,
	EndedBy: []string{Neighbours.ID, Everything.ID},
	What: "The router was replaced, or another device has answered in its name. Until the computer asks again who " +
		"has the address, which takes Linux up to a minute, its frames go to nobody.",
	Made: "The computer's table of neighbours has another hardware address for the router, marked as just " +
		"confirmed.",
	Confirmed: "The table says so, and Gatequake's own dial from the computer gets no reply.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		if err := n.Computer.Misplace(toRouter, routerAt.Addr(), oldRouter); err != nil {
			return nil, err
		}
		return &Injection{
			Undo: func(context.Context) error { return n.Computer.ForgetNeighbours() },
			Confirm: func(ctx context.Context) (string, error) {
				got, err := n.Computer.Neighbour(toRouter, routerAt.Addr())
				if err != nil || got.String() != oldRouter.String() {
					return "", fmt.Errorf("look up the router among the computer's neighbours: got %s (%w), want %s",
						got, orNone(err), oldRouter)
				}
				evidence, err := n.confirmNoReply(ctx)
				return fmt.Sprintf("the computer has the router at %s; %s", got, evidence), err
			},
		}, nil
	},
})
