package clientnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/world"
)

// impostorPort is where a device on the way listens that answers in the site's name.
const impostorPort = 8880

// impostor is an injection of a server at the host that takes the connections to the site that come in through
// the interface, and answers them.
func (n *Network) impostor(
	at *world.Host, hop *firewall.Firewall, in string, answer http.HandlerFunc, sign string,
) (*Injection, error) {
	n.Browser.Disconnect() // What is led elsewhere is new connections.
	var l net.Listener
	if err := at.Do(func() (err error) {
		l, err = net.Listen("tcp4", fmt.Sprintf(":%d", impostorPort))
		return err
	}); err != nil {
		return nil, err
	}
	s := &http.Server{Handler: answer, ReadHeaderTimeout: replyLimit}
	go func() { _ = s.Serve(l) }()
	undo, err := hop.Redirect(in, n.Site.At.Port(), impostorPort)
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return &Injection{
		Undo: func(context.Context) error {
			n.Browser.Disconnect()
			return errors.Join(undo(), s.Close())
		},
		Confirm: func(ctx context.Context) (string, error) { return n.confirmImpostor(ctx, sign) },
	}, nil
}

// confirmImpostor proves that another server than the site answers at the site's address, and that the site is there.
func (n *Network) confirmImpostor(ctx context.Context, sign string) (string, error) {
	conn, err := n.dial(ctx, n.Computer, replyLimit)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if err := awaitReply(conn, n.request(""), replyLimit); err != nil {
		return "", err
	}
	page := make([]byte, maxPage)
	k, _ := conn.Read(page)
	if !strings.Contains(string(page[:k]), sign) {
		return "", fmt.Errorf("ask the site from the computer: got %.80q, want %q in it", page[:k], sign)
	}
	return fmt.Sprintf("Gatequake's own request from the computer: answered with %q; dial from the provider: connected "+
		"to the site",
		sign), n.confirmSite(ctx)
}

// maxPage is more than what an impostor says.
const maxPage = 2 << 10

// CaptivePortal is a network that wants to be paid first.
var CaptivePortal = register(Fault{
	ID: "captive-portal", Title: "a captive portal answers in the site's place", Sees: Another,
	What: "The network of a hotel leads whoever has not logged in to its own page, whatever site was asked for. " +
		"RFC 6585 has the status 511 for that; most send a redirect. Neither is the site's, which is not asked.",
	Made:      "The router leads connections to the site's port to a server of its own, which answers 511.",
	Confirmed: "Gatequake's own request from the computer is answered with the portal's page, and the site is there.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		return n.impostor(n.Router, n.AtRouter, toComputer, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Log in to use this network.", http.StatusNetworkAuthenticationRequired)
		}, "511 ")
	},
})

// Middlebox502 is a proxy on the way that answers as a gateway would.
var Middlebox502 = register(Fault{
	ID: "middlebox-502", Title: "a broken transparent proxy on the way answers 502 in the site's place", Sees: Another,
	EndedBy: []string{Provider.ID},
	What: "A provider's transparent proxy, or a virus scanner, takes every connection, and cannot reach the site. " +
		"What it writes is a 502 Bad Gateway, and rightly so: it is the gateway that is meant. The site is well, " +
		"and knows nothing of it. By the page alone nobody can tell.",
	Made:      "The provider's hop leads connections to the site's port to a proxy of its own, which answers 502.",
	Confirmed: "Gatequake's own request from the computer is answered with the proxy's page, and the site is there.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		return n.impostor(n.Provider, n.AtProvider, toRouter, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Via", "1.1 accelerator")
			http.Error(w, "502 Bad Gateway", http.StatusBadGateway)
		}, "accelerator")
	},
})
