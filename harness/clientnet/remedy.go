package clientnet

import (
	"context"
	"errors"
)

// Remedy is something that people do about a broken way, or a part of it.
type Remedy struct {
	// ID is stable, in kebab case.
	ID string
	// Title completes the sentence "it is over when somebody …".
	Title string
	do    func(context.Context, *Network) error
}

// Try does it.
func (r Remedy) Try(ctx context.Context, n *Network) error { return r.do(ctx, n) }

// What people lose when they switch their devices off and on again: each state by itself, all of the router's,
// and everything. And whom they call in the end.
var (
	Connections  = Remedy{"connections", "closes the browser's open connections", disconnect}
	Names        = Remedy{"names", "empties the caches of names in computer and router", forgetNames}
	Neighbours   = Remedy{"neighbours", "empties the tables of neighbours in computer and router", forgetNeighbours}
	Translations = Remedy{"translations", "empties the router's table of connections", forgetTranslations}
	Router       = Remedy{"router", "restarts the router, and not the computer", restartRouter}
	Everything   = Remedy{"everything", "restarts computer and router", restartAll}
	Provider     = Remedy{"provider", "has the provider repair its hop", repair}
)

// Remedies lists them.
func Remedies() []Remedy {
	return []Remedy{Connections, Names, Neighbours, Translations, Router, Everything, Provider}
}

func disconnect(_ context.Context, n *Network) error {
	n.Browser.Disconnect()
	return nil
}

func forgetNames(_ context.Context, n *Network) error {
	n.Browser.ForgetNames()
	n.Forwarder.Forget()
	return nil
}

func forgetNeighbours(_ context.Context, n *Network) error {
	return errors.Join(n.Computer.ForgetNeighbours(), n.Router.ForgetNeighbours())
}

func forgetTranslations(_ context.Context, n *Network) error { return n.Router.ForgetTranslations() }

// restartRouter begins all of the router's state anew, the process of its resolver included. Its configuration stays.
func restartRouter(_ context.Context, n *Network) error {
	if err := errors.Join(n.Router.ForgetTranslations(), n.Router.ForgetNeighbours(), n.Forwarder.Close()); err != nil {
		return err
	}
	return n.startForwarder()
}

func restartAll(ctx context.Context, n *Network) error {
	n.Browser.Disconnect()
	n.Browser.ForgetNames()
	return errors.Join(n.Computer.ForgetNeighbours(), restartRouter(ctx, n))
}

// repair makes the provider's hop pass everything on again, starts its resolver anew, and puts the line back.
func repair(ctx context.Context, n *Network) error {
	if err := errors.Join(n.AtProvider.Clear(), n.Provider.ForgetTranslations(), n.Resolver.Close()); err != nil {
		return err
	}
	return errors.Join(n.startResolver(), n.Provider.Plug(toRouter, true), n.awaitLine(ctx))
}

// awaitLine returns when the provider's line to the home carries something: the kernel may take a second to see
// that it does.
func (n *Network) awaitLine(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, replyLimit)
	defer cancel()
	for {
		// What is sent before is lost, and not sent again by itself.
		_, err := n.resolve(ctx, n.Router, otherEnd(n.EgressIP), silenceWindow)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}
