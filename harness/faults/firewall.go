package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// walled completes and registers a fault of the firewall between gateway and upstream, made by the rule for the
// upstream's address.
func walled(
	f catalog.Fault, rule func(at netip.AddrPort) firewall.Rule, confirm func(b *site.Bench) confirmation,
) *catalog.Fault {
	f.Cause = cause.Firewall
	f.Needs = []world.Need{world.Firewall}
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.Firewall.Apply(rule(b.Plan.Upstream))
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: func(context.Context) error { return undo() }, Confirm: confirm(b)}, nil
	}
	return catalog.RegisterFault(f)
}

// rules puts all of them in force, or none.
func rules(wall *firewall.Firewall, all ...firewall.Rule) (lift func() error, err error) {
	lift = func() error { return nil }
	for _, r := range all {
		undo, err := wall.Apply(r)
		if err != nil {
			return nil, errors.Join(err, lift())
		}
		before := lift
		lift = func() error { return errors.Join(before(), undo()) }
	}
	return lift, nil
}

// toward matches what goes to the upstream's host.
func toward(at netip.AddrPort) netip.Prefix { return netip.PrefixFrom(at.Addr(), at.Addr().BitLen()) }

// FirewallDrop loses every packet to the upstream.
var FirewallDrop = walled(catalog.Fault{
	ID: "firewall-drop", Title: "a firewall drops every packet to the upstream",
	Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting,
	Also: []site.State{site.Cold, site.Pooled},
	What: "The commonest firewall mistake: packets to the upstream vanish, nothing tells the gateway why, and each " +
		"attempt costs a full connect timeout.",
	Made:      "An nftables rule in the world: drop TCP to the upstream's port.",
	Confirmed: "Gatequake's own dial to the upstream gets no reply.",
}, func(at netip.AddrPort) firewall.Rule {
	return firewall.Rule{To: toward(at), ToPort: at.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop}
}, func(b *site.Bench) confirmation { return confirmNoReply(b, b.Plan.Upstream) })

// FirewallRejectRST rejects every packet to the upstream with a reset.
var FirewallRejectRST = walled(catalog.Fault{
	ID: "firewall-reject-rst", Title: "a firewall rejects connections to the upstream with a reset",
	Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce,
	What: "A polite firewall: it answers every attempt with a TCP reset, so that the gateway cannot tell it from a " +
		"dead upstream.",
	Made:      "An nftables rule in the world: reject TCP to the upstream's port with a reset.",
	Confirmed: "Gatequake's own dial to the upstream gets ECONNREFUSED.",
}, func(at netip.AddrPort) firewall.Rule {
	return firewall.Rule{To: toward(at), ToPort: at.Port(), Protocol: firewall.TCP, Verdict: firewall.RejectRST}
}, func(b *site.Bench) confirmation { return confirmEnd(b, b.Plan.Upstream, client.Refused) })

// FirewallDropEstablished lets the handshake pass and nothing after it.
var FirewallDropEstablished = walled(catalog.Fault{
	ID: "firewall-drop-established", Title: "a firewall drops everything after the handshake",
	Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	What: "A stateful firewall that lost its table, or inspects content and dislikes it: the connection is made, " +
		"and then every packet on it vanishes. Connect timeouts do not help; health checks that only connect stay " +
		"green.",
	Made:      "An nftables rule in the world: drop TCP to the upstream's port, but for packets with the SYN flag.",
	Confirmed: "Gatequake's own request to the upstream connects and gets nothing.",
}, func(at netip.AddrPort) firewall.Rule {
	return firewall.Rule{
		To: toward(at), ToPort: at.Port(), Protocol: firewall.TCP, Match: firewall.Established,
		Verdict: firewall.Drop,
	}
}, func(b *site.Bench) confirmation { return confirmSilence(b, b.Plan.Upstream) })

// FirewallBlocksOnePort drops what goes to one port of a host, and lets the others pass.
var FirewallBlocksOnePort = walled(catalog.Fault{
	ID: "firewall-blocks-one-port", Title: "a firewall drops one port of a host whose other port is open",
	Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting,
	What: "Two services on one host, and a rule that forgot one of them. Only that one's route may suffer; a " +
		"gateway that judges by host takes the other down with it.",
	Made: "The bystander moves to another port of the upstream's host; an nftables rule in the world drops TCP to " +
		"the upstream's port alone.",
	Confirmed: "Gatequake's own dial to the upstream's port gets no reply, while the bystander's port on the same host " +
		"answers 200.",
	Prepare: func(p *site.Plan) { p.Bystander = netip.AddrPortFrom(p.Upstream.Addr(), p.Upstream.Port()+1) },
}, func(at netip.AddrPort) firewall.Rule {
	return firewall.Rule{To: toward(at), ToPort: at.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop}
}, func(b *site.Bench) confirmation {
	return func(ctx context.Context) (string, error) {
		blocked, err := confirmNoReply(b, b.Plan.Upstream)(ctx)
		if err != nil {
			return "", err
		}
		open, err := confirmStatus(b, b.Plan.Bystander, http.StatusOK, 0)(ctx)
		return fmt.Sprintf("%s; %s", blocked, open), err
	}
})
