package clientnet

import (
	"context"
	"fmt"
	"net"

	"github.com/gatequake/gatequake/harness/client"
)

// browserConns is how many connections to one site a browser holds: six is what Chrome and Firefox hold over HTTP/1.1.
const browserConns = 6

// NATForgotten is a router that has lost its table of connections.
var NATForgotten = register(Fault{
	ID: "nat-forgotten", Title: "the router has forgotten which connections it translates", Sees: NoStatus,
	EndedBy: []string{Connections.ID, Everything.ID},
	What: "A router gives every connection of the home a port of its own address, and remembers which. When it was " +
		"restarted, or thinks a connection dead that was idle for some minutes, it drops what comes on it, and " +
		"tells nobody. The browser waits on its idle connections; a new one would work at once.",
	Made: "The browser has six idle connections; then the router's table is emptied. It takes nothing for a " +
		"connection whose handshake it has not seen.",
	Confirmed: "A connection that was made before gets no answer any more, in either sense; one that is made then " +
		"does.",
	Inject: func(ctx context.Context, n *Network) (*Injection, error) {
		n.Browser.Disconnect()
		to := n.Site.Destination()
		for range browserConns {
			conn, err := n.Browser.Connect(ctx, to, client.Way{})
			if err != nil {
				return nil, err
			}
			n.Browser.Keep(to, conn)
		}
		old, err := n.dial(ctx, n.Computer, replyLimit)
		if err != nil {
			return nil, err
		}
		if err := n.Router.ForgetTranslations(); err != nil {
			return nil, err
		}
		return &Injection{
			Undo: func(context.Context) error {
				n.Browser.Disconnect()
				_ = old.Close()
				return nil
			},
			Confirm: func(ctx context.Context) (string, error) { return n.confirmOnlyNew(ctx, old) },
		}, nil
	},
})

// confirmOnlyNew proves that an old connection is dead while a new one is not.
func (n *Network) confirmOnlyNew(ctx context.Context, old net.Conn) (string, error) {
	if err := awaitReply(old, n.request(""), silenceWindow); !isLate(err) {
		return "", fmt.Errorf("ask on the old connection: got %w, want no answer in %s", orNone(err), silenceWindow)
	}
	if err := n.ask(ctx, n.request(""), replyLimit); err != nil {
		return "", fmt.Errorf("ask on a new connection: %w", err)
	}
	return fmt.Sprintf("Gatequake's own request on an old connection: no answer in %s; on a new one: "+
		"answered", silenceWindow), nil
}
