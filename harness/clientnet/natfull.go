package clientnet

import (
	"context"
	"errors"

	"github.com/gatequake/gatequake/harness/firewall"
)

// The ports that the router may give when its table is to be full: few, as where a provider shares an address
// among its customers (RFC 7422 speaks of 64 and more).
const (
	firstPort = 40000
	ports     = 64
)

// NATFull is a router whose table of connections is full of dead ones.
var NATFull = register(Fault{
	ID: "nat-full", Title: "the router's table of connections is full of dead ones", Sees: NoStatus,
	EndedBy: []string{Translations.ID, Router.ID, Everything.ID},
	What: "A program that opens far too many connections, or a computer that is switched off amid many, leaves the " +
		"router with entries that nobody ends. Linux keeps one that was never answered for two minutes, and any " +
		"other for five days. When every port is taken a new connection has none, and its first packet is dropped " +
		"without a word.",
	Made: "The router may give 64 ports, and forgets what it knew; the computer begins twice as many connections " +
		"to the site, of which no packet gets through and which it then forgets.",
	Confirmed: "Gatequake's own dial from the computer gets no reply, one from the provider does.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		n.Browser.Disconnect()
		// A connection from before may have one of the ports by chance, and would give it back when it ends.
		if err := errors.Join(n.translate(firstPort, firstPort+ports-1), n.Router.ForgetTranslations()); err != nil {
			return nil, err
		}
		undo := func(context.Context) error {
			n.Browser.Disconnect() // What it has open is forgotten, too.
			return errors.Join(n.translate(0, 0), n.Router.ForgetTranslations())
		}
		lost := n.outbound()
		lost.Verdict = firewall.Drop
		pass, err := n.AtProvider.Apply(lost)
		if err != nil {
			return nil, errors.Join(err, undo(context.Background()))
		}
		if err := errors.Join(n.Computer.Do(func() error { return openSYNs(n.Site.At, 2*ports) }), pass()); err != nil {
			return nil, errors.Join(err, undo(context.Background()))
		}
		return &Injection{Undo: undo, Confirm: n.confirmNoReply}, nil
	},
})
