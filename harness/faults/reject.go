package faults

import (
	"net/netip"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
)

// rejected registers a firewall that answers each connection attempt with an ICMP message. The phase is that of
// connecting: on loopback a dial that blocks hears of such a message at its next SYN only, a second later.
func rejected(f catalog.Fault, how firewall.Verdict, want client.End) *catalog.Fault {
	f.Phase = catalog.Connecting
	return walled(f, func(at netip.AddrPort) firewall.Rule {
		return firewall.Rule{To: toward(at), ToPort: at.Port(), Protocol: firewall.TCP, Verdict: how}
	}, func(b *site.Bench) confirmation { return confirmEnd(b, b.Plan.Upstream, want) })
}

// The firewalls that say no by ICMP.
var (
	FirewallRejectPort = rejected(catalog.Fault{
		ID: "firewall-reject-port", Title: "a firewall rejects connections to the upstream as to a closed port",
		Type: proxystatus.ConnectionRefused,
		What: "The default of many firewalls that reject: an ICMP message says that the port is unreachable. A " +
			"dial sees the same ECONNREFUSED that a dead upstream gives, though the upstream is well.",
		Made:      "An nftables rule in the world: reject TCP to the upstream's port with ICMP port unreachable.",
		Confirmed: "Gatequake's own dial to the upstream gets ECONNREFUSED.",
	}, firewall.RejectPort, client.Refused)

	FirewallRejectAdmin = rejected(catalog.Fault{
		ID: "firewall-reject-admin", Title: "a firewall says that connections to the upstream are prohibited",
		Type: proxystatus.DestinationIPUnroutable,
		What: "An honest firewall: its ICMP message says that the communication is administratively prohibited. A " +
			"dial over IPv4 is told no more than that there is no route to the host.",
		Made: "An nftables rule in the world: reject TCP to the upstream's port with ICMP administratively " +
			"prohibited.",
		Confirmed: "Gatequake's own dial to the upstream gets EHOSTUNREACH.",
	}, firewall.RejectAdmin, client.Unreachable)

	FirewallRejectHost = rejected(catalog.Fault{
		ID: "firewall-reject-host", Title: "a firewall says that the upstream's host cannot be reached",
		Type: proxystatus.DestinationIPUnroutable,
		What: "A router or firewall answers in the host's place: host unreachable. It is what a last hop says, " +
			"too, whose neighbour does not answer ARP any more.",
		Made:      "An nftables rule in the world: reject TCP to the upstream's port with ICMP host unreachable.",
		Confirmed: "Gatequake's own dial to the upstream gets EHOSTUNREACH.",
	}, firewall.RejectHost, client.Unreachable)
)
