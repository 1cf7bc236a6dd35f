package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/world"
)

// FirewallDropReplies loses what the upstream sends.
var FirewallDropReplies = walled(catalog.Fault{
	ID: "firewall-drop-replies", Title: "a firewall drops every packet from the upstream to the gateway",
	Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting,
	What: "The way there is open and the way back is not, as after a change of routes that only one firewall knows " +
		"of. The upstream sees connection attempts that never complete; the gateway sees nothing at all.",
	Made: "An nftables rule in the world: drop TCP from the upstream's port.",
	Confirmed: "Gatequake's own dial to the upstream gets no reply, while the kernel has a half-open connection to " +
		"it: the SYN did arrive.",
}, func(at netip.AddrPort) firewall.Rule {
	return firewall.Rule{From: toward(at), FromPort: at.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop}
}, func(b *site.Bench) confirmation {
	return func(ctx context.Context) (string, error) {
		dialled, err := confirmNoReply(b, b.Plan.Upstream)(ctx)
		if err != nil {
			return "", err
		}
		return dialled + "; its SYN has arrived", halfOpen(b.Plan.Upstream)
	}
})

// halfOpen returns nil if the kernel has received a SYN for at and not the end of the handshake.
func halfOpen(at netip.AddrPort) error {
	table, err := sockets.TCP(sockets.Of(at.Addr()))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(table, func(s sockets.Socket) bool {
		return s.Local == at && s.State == sockets.SynReceived
	}) {
		return nil
	}
	return fmt.Errorf("look for a half-open connection to %s among the TCP sockets: got none, want one at least", at)
}

// FirewallBlocksDNS leaves the gateway without its nameserver.
var FirewallBlocksDNS = catalog.RegisterFault(catalog.Fault{
	ID: "firewall-blocks-dns", Title: "a firewall drops DNS",
	Cause: cause.Firewall, Type: proxystatus.DNSTimeout, Phase: catalog.Resolving, Route: site.RouteNamed,
	Needs: []world.Need{world.Firewall}, Beyond: "the nameserver",
	What: "A rule set that allows what it knows of, and nobody thought of port 53. The upstream can be reached and " +
		"cannot be found; routes by address work, which makes it look like a fault of the upstream.",
	Made: "Two nftables rules in the world: drop UDP, and TCP, to port 53.",
	Confirmed: "Gatequake's own query for the upstream's name gets no reply, nor does Gatequake's own TCP dial to the " +
		"nameserver; the upstream's address answers 200.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		port := b.Plan.Nameserver.Port()
		lift, err := rules(b.Firewall, firewall.Rule{ToPort: port, Protocol: firewall.UDP, Verdict: firewall.Drop},
			firewall.Rule{ToPort: port, Protocol: firewall.TCP, Verdict: firewall.Drop})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo:    func(context.Context) error { return lift() },
			Confirm: func(ctx context.Context) (string, error) { return noNameserver(ctx, b) },
		}, nil
	},
})

// noNameserver confirms that nothing comes back from the nameserver, and that the upstream is well.
func noNameserver(ctx context.Context, b *site.Bench) (string, error) {
	within, cancel := context.WithTimeout(ctx, silenceWindow)
	defer cancel()
	reply, err := dns.Ask(within, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
	if !timedOut(err) {
		return "", fmt.Errorf("ask for %s: got %s (%w), want no reply in %s", b.Plan.Named.Host,
			reply.Rcode, err, silenceWindow)
	}
	again, cancel := context.WithTimeout(ctx, silenceWindow)
	defer cancel()
	c, err := new(net.Dialer).DialContext(again, "tcp", b.Plan.Nameserver.String())
	if err == nil {
		_ = c.Close()
	}
	if !timedOut(err) {
		return "", fmt.Errorf("dial %s: got %w, want no reply in %s", b.Plan.Nameserver, err, silenceWindow)
	}
	well, err := confirmStatus(b, b.Plan.Upstream, http.StatusOK, 0)(ctx)
	return fmt.Sprintf("Gatequake's own query for %s, UDP and TCP: no reply in %s; "+
		"%s", b.Plan.Named.Host, silenceWindow, well), err
}

// timedOut reports whether err is the end of somebody's patience.
func timedOut(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}
