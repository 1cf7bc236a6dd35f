package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// typeAAAA is the query type for IPv6 addresses (RFC 3596, section 2.1).
const typeAAAA = 28

// misled lets the upstream's name lead to another address, and confirms that it does, by an own query, before it
// confirms what there is.
func misled(b *site.Bench, to netip.Addr, there confirmation) *catalog.Injection {
	qtype := uint16(typeA)
	if to.Is6() {
		qtype = typeAAAA
	}
	return resolver(b, dns.WrongAddress{Address: to}, func(ctx context.Context) (string, error) {
		reply, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, qtype)
		if err != nil || len(reply.Addresses) != 1 || reply.Addresses[0] != to {
			return "", fmt.Errorf("ask for %s: got %v (%w), want %s", b.Plan.Named.Host, reply.Addresses, err, to)
		}
		seen, err := there(ctx)
		return fmt.Sprintf("Gatequake's own query for %s: %s; %s", b.Plan.Named.Host, to, seen), err
	})
}

// stale is where an old address leads to.
func stale(b *site.Bench) netip.AddrPort {
	return netip.AddrPortFrom(b.Plan.Stranger, b.Plan.Named.Port)
}

// DNSStaleAddressRefused is a name that leads to a machine that does something else by now.
var DNSStaleAddressRefused = catalog.RegisterFault(catalog.Fault{
	ID: "dns-stale-address-refused", Title: "the upstream's name leads to an address at which nobody listens any more",
	Cause: cause.DNS, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteNamed,
	Needs: []world.Need{world.SourceAddress}, // A second machine, which in portable mode is a second loopback address.
	What: "The upstream moved and the record did not, or a cache on the way still has the old one. The machine at " +
		"the old address is up and knows nothing of it: connections are refused.",
	Made: "The world's nameserver gives another machine's address for every name; nothing listens there.",
	Confirmed: "Gatequake's own query for the upstream's name gets that address, and Gatequake's own dial to it gets " +
		"ECONNREFUSED.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		return misled(b, b.Plan.Stranger, confirmEnd(b, stale(b), client.Refused)), nil
	},
})

// DNSStaleAddressSilent is a name that leads to nowhere.
var DNSStaleAddressSilent = catalog.RegisterFault(catalog.Fault{
	ID: "dns-stale-address-silent", Title: "the upstream's name leads to an address at which packets vanish",
	Cause: cause.DNS, Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting, Route: site.RouteNamed,
	Needs: []world.Need{world.Firewall},
	What: "The upstream moved, the record did not, and at the old address there is no machine at all, or a " +
		"firewall in front of it. Every connection attempt costs a whole connect timeout.",
	Made: "The world's nameserver gives another machine's address for every name; an nftables rule drops what is " +
		"sent there.",
	Confirmed: "Gatequake's own query for the upstream's name gets that address, and Gatequake's own dial to it gets " +
		"no reply.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.Firewall.Apply(firewall.Rule{To: toward(stale(b)), Protocol: firewall.TCP, Verdict: firewall.Drop})
		if err != nil {
			return nil, err
		}
		name := misled(b, b.Plan.Stranger, confirmNoReply(b, stale(b)))
		return &catalog.Injection{
			Undo:    func(ctx context.Context) error { return errors.Join(name.Undo(ctx), undo()) },
			Confirm: name.Confirm,
		}, nil
	},
})

// DNSV6Only is a name with an address of the wrong family.
var DNSV6Only = catalog.RegisterFault(catalog.Fault{
	ID: "dns-v6-only", Title: "the upstream's name has only an IPv6 address, and there is no route to it",
	Cause: cause.DNS, Type: proxystatus.DestinationIPUnroutable, Phase: catalog.AtOnce, Route: site.RouteNamed,
	Needs: []world.Need{world.AnyAddress},
	What: "The A record was removed in the course of a move to IPv6, and the gateway's own network has no IPv6. " +
		"The name resolves; the kernel has nowhere to send a packet to.",
	Made: "The world's nameserver has an AAAA record alone for every name, and the world has no route to that " +
		"address.",
	Confirmed: "Gatequake's own query for the upstream's name gets that address, one for an IPv4 address gets none, " +
		"and Gatequake's own dial gets ENETUNREACH.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		to := netip.AddrPortFrom(b.Plan.Unroutable, b.Plan.Named.Port)
		undo, err := b.World.Unroute(to.Addr(), world.NoRoute)
		if err != nil {
			return nil, err
		}
		name := misled(b, to.Addr(), func(ctx context.Context) (string, error) { return unroutable(ctx, b, to) })
		return &catalog.Injection{
			Undo:    func(ctx context.Context) error { return errors.Join(name.Undo(ctx), undo()) },
			Confirm: name.Confirm,
		}, nil
	},
})

// unroutable confirms that there is no IPv4 address to go to, and no way to the other.
func unroutable(ctx context.Context, b *site.Bench, at netip.AddrPort) (string, error) {
	reply, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
	if err != nil || len(reply.Addresses) != 0 {
		return "", fmt.Errorf("ask for an IPv4 address: got %v (%w), want none", reply.Addresses, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", at.String())
	if err == nil {
		_ = c.Close()
	}
	if !errors.Is(err, syscall.ENETUNREACH) {
		return "", fmt.Errorf("dial %s: got %w, want ENETUNREACH", at, err)
	}
	return fmt.Sprintf("no IPv4 address; Gatequake's own dial to %s: ENETUNREACH", at), nil
}

// DNSCNAMELoop is a name that leads back to itself.
var DNSCNAMELoop = misanswered(catalog.Fault{
	ID: "dns-cname-loop", Title: "the upstream's name is an alias that leads back to itself",
	Type: proxystatus.DNSError,
	What: "Two aliases name each other, as after a careless rename. There is an answer to every query and an " +
		"address in none. A resolver that follows aliases without counting never comes to an end.",
	Made: "The world's nameserver answers every query with two CNAME records in a circle.",
	Confirmed: "Gatequake's own query for the upstream's name gets an alias, the alias of which is the name; and no " +
		"address.",
}, dns.CNAMELoop{}, func(r dns.Reply, err error) (string, bool) {
	circle := err == nil && len(r.Addresses) == 0 && len(r.Aliases) == 2 && r.Aliases[0].Target == r.Aliases[1].Name &&
		r.Aliases[1].Target == r.Aliases[0].Name
	return "two aliases in a circle, no address", circle
})
