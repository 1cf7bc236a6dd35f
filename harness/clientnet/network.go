// Package clientnet is what lies between a client and a gateway: a home network with a browser in it, and its
// provider, in a sealed world.
//
//	browser ──> router (NAT, DNS forwarder, neighbours) ──> provider (resolver, transit)
//	        ──tap──> site (gateway, nameserver)
//
// Computer, router and provider are hosts of their own, with cables, routes, ARP, nftables and DNS packets between
// them. What can go wrong there is a Fault; what people do about it is a Remedy. A Network needs no gateway of an
// experiment: its tests put a server of their own at its end. A Home is a Network before the gateway of a site.Bench.
package clientnet

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/world"
)

// Site is where the gateway is.
type Site struct {
	// Name is what people type, and At where it leads.
	Name string
	At   netip.AddrPort
}

// Network is a home network with its way to a site. Close it when done; the end of the world ends what is left of it.
type Network struct {
	Site Site
	// EgressIP is the address that the site sees: the router's own, out there.
	EgressIP netip.Addr
	// Computer, Router and Provider are the hosts.
	Computer, Router, Provider *world.Host
	// Browser is at the Computer.
	Browser *Browser
	// Forwarder is the router's resolver, Resolver the provider's, which it asks, and Names the nameserver that
	// the latter asks: the site's own for the public, which is none that the gateway asks.
	Forwarder, Resolver *dns.Forwarder
	Names               *dns.Server
	// AtRouter and AtProvider are for what passes there.
	AtRouter, AtProvider *firewall.Firewall
	// Tap sees what passes between the provider and the site.
	Tap *Tap

	world *world.World
	// siteCable is the site's interface to the provider, and providerAt the address at its other end.
	siteCable  string
	providerAt netip.Prefix
	closers    []func() error
}

// Interfaces, each named after what it leads to; the router's to the provider is where it translates.
const toSite, toRouter, toProvider, toComputer = "site", "router", "provider", "computer"

// cable names an interface that leads to an address, in as few letters as an interface may have.
func cable(to netip.Addr) string { return fmt.Sprintf("to-%x", to.AsSlice()) }

// Addresses of the home: what most home routers give (RFC 1918). That of the provider's end of the cable to the
// site is one for tests (RFC 2544).
var (
	computerAt = netip.MustParsePrefix("192.168.1.10/24")
	routerAt   = netip.MustParsePrefix("192.168.1.1/24")
	everywhere = netip.MustParsePrefix("0.0.0.0/0")
)

// nameservice is the port of resolvers.
const nameservice = 53

// New builds the network with the exit's address, and returns when every part of it works but for the site, which
// it does not touch.
func New(w *world.World, s Site, egress netip.Addr) (*Network, error) {
	if !egress.Is4() {
		return nil, fmt.Errorf("the home network speaks IPv4 alone, and the client comes from %s: %w", egress,
			errors.ErrUnsupported)
	}
	n := &Network{Site: s, EgressIP: egress, world: w, siteCable: cable(egress)}
	four := egress.As4()
	// One address for each home of a world.
	n.providerAt = netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, four[2], four[3]}), egress.BitLen())
	for _, step := range []func() error{n.hosts, n.cables, n.routes, n.firewalls, n.resolvers, n.tap} {
		if err := step(); err != nil {
			n.Close()
			return nil, fmt.Errorf("build home network: %w", err)
		}
	}
	n.Browser = newBrowser(n.Computer, netip.AddrPortFrom(routerAt.Addr(), nameservice))
	return n, nil
}

// Close ends what the network has running, and gives the site back the addresses that were the home's.
func (n *Network) Close() {
	if n.Browser != nil {
		n.Browser.Disconnect()
	}
	for i := len(n.closers) - 1; i >= 0; i-- {
		_ = n.closers[i]()
	}
	n.closers = nil
}
