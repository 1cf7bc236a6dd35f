// Package home is what lies between a client and a gateway: a home network and its provider, in a sealed world.
//
//	browser ──> router (NAT, DNS forwarder, neighbours) ──> provider (resolver, transit) ──tap──> site (gateway, nameserver)
//
// Computer, router and provider are hosts of their own, with cables, routes, ARP, nftables and DNS packets between them as in any street. What can go wrong there
// is a Fault; what people do about it is a Restart, or a call to the provider.
package home

import (
	"context"
	"errors"
	"fmt"
	"net"
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
	// Names is the nameserver that knows it, at the address Nameserver.
	Names      *dns.Server
	Nameserver netip.AddrPort
}

// Network is a home with its way to a site. Close it when done; the world ends what is left of it.
type Network struct {
	Site Site
	// Exit is the address that the site sees: the router's own, out there.
	Exit netip.Addr
	// Computer, Router and Provider are the hosts.
	Computer, Router, Provider *world.Host
	// Browser is at the Computer.
	Browser *Browser
	// Forwarder is the router's resolver, and Resolver the provider's, which it asks.
	Forwarder, Resolver *dns.Forwarder
	// AtRouter and AtProvider are for what passes there.
	AtRouter, AtProvider *firewall.Firewall
	// Tap sees what passes between the provider and the site.
	Tap *Tap

	world *world.World
	// door is the site's interface to the provider, and providerAt the address at its other end.
	door       string
	providerAt netip.Prefix
	closers    []func() error
}

// Interfaces, each named after what it leads to; the router's to the provider is where it translates.
const toSite, toRouter, toProvider, toComputer = "site", "router", "provider", "computer"

// cable names an interface that leads to an address, in as few letters as an interface may have.
func cable(to netip.Addr) string { return fmt.Sprintf("to-%x", to.AsSlice()) }

// Addresses of the home: what most home routers give (RFC 1918). That of the provider's end of the cable to the site is one for tests (RFC 2544).
var (
	computerAt = netip.MustParsePrefix("192.168.1.10/24")
	routerAt   = netip.MustParsePrefix("192.168.1.1/24")
	everywhere = netip.MustParsePrefix("0.0.0.0/0")
)

// nameservice is the port of resolvers.
const nameservice = 53

// New builds the network with the exit's address, and returns when every part of it works but for the site, which it does not touch.
func New(w *world.World, s Site, exit netip.Addr) (*Network, error) {
	if !exit.Is4() {
		return nil, fmt.Errorf("build home network: got the exit %s, want an IPv4 address: %w", exit, errors.ErrUnsupported)
	}
	n := &Network{Site: s, Exit: exit, world: w, door: cable(exit)}
	four := exit.As4()
	n.providerAt = netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, four[2], four[3]}), exit.BitLen()) // One for each home of a world.
	for _, step := range []func() error{n.hosts, n.cables, n.routes, n.walls, n.resolvers, n.tap} {
		if err := step(); err != nil {
			n.Close()
			return nil, fmt.Errorf("build home network: %w", err)
		}
	}
	n.Browser = newBrowser(n.Computer, netip.AddrPortFrom(routerAt.Addr(), nameservice))
	return n, nil
}

// Close ends what the network has running.
func (n *Network) Close() {
	if n.Browser != nil {
		n.Browser.Disconnect()
	}
	for i := len(n.closers) - 1; i >= 0; i-- {
		_ = n.closers[i]()
	}
	n.closers = nil
}

func (n *Network) hosts() (err error) {
	for _, h := range []**world.Host{&n.Computer, &n.Router, &n.Provider} {
		if *h, err = n.world.NewHost(); err != nil {
			return err
		}
	}
	return nil
}

// cables lays them, from the computer to the site. The router and the provider have two addresses between them (RFC 3021).
func (n *Network) cables() error {
	exit, peer := netip.PrefixFrom(n.Exit, n.Exit.BitLen()-1), netip.PrefixFrom(beside(n.Exit), n.Exit.BitLen()-1)
	for _, c := range [][2]world.End{
		{{Host: n.Computer, Name: toRouter, At: computerAt}, {Host: n.Router, Name: toComputer, At: routerAt}},
		{{Host: n.Router, Name: toProvider, At: exit}, {Host: n.Provider, Name: toRouter, At: peer}},
		{{Name: n.door}, {Host: n.Provider, Name: toSite, At: n.providerAt}},
	} {
		if err := n.world.Connect(c[0], c[1]); err != nil {
			return err
		}
	}
	return nil
}

// beside is the other address of the two in a /31.
func beside(a netip.Addr) netip.Addr {
	b := a.AsSlice()
	b[len(b)-1] ^= 1
	other, _ := netip.AddrFromSlice(b) // It has the length of an address.
	return other
}

func (n *Network) routes() error {
	provider := n.providerAt.Addr()
	for _, r := range []struct {
		host  *world.Host
		to    netip.Prefix
		cable string
		via   netip.Addr
	}{
		{n.Computer, everywhere, toRouter, routerAt.Addr()},
		{n.Router, everywhere, toProvider, beside(n.Exit)},
		{n.Provider, everywhere, toSite, netip.Addr{}}, // The site has every other address, and says so.
		{nil, n.providerAt, n.door, netip.Addr{}},
		{nil, netip.PrefixFrom(n.Exit, n.Exit.BitLen()), n.door, provider},
		{nil, netip.PrefixFrom(beside(n.Exit), n.Exit.BitLen()), n.door, provider},
	} {
		if err := r.host.Route(r.to, r.cable, r.via); err != nil {
			return err
		}
	}
	for _, h := range []*world.Host{n.Router, n.Provider} {
		if err := h.Forwards(); err != nil {
			return err
		}
	}
	return nil
}

// walls gives the router its NAT, and both hops a firewall.
func (n *Network) walls() (err error) {
	if n.AtRouter, err = firewall.AtHop(n.Router.Network()); err != nil {
		return err
	}
	if n.AtProvider, err = firewall.AtHop(n.Provider.Network()); err != nil {
		return err
	}
	if err := n.translate(0, 0); err != nil {
		return err
	}
	return n.Router.Strict()
}

// translate lets the router give ports from the first to the last, or any.
func (n *Network) translate(first, last uint16) error {
	return firewall.Translate(n.Router.Network(), toProvider, n.Exit, first, last)
}

func (n *Network) resolvers() error {
	if err := n.startResolver(); err != nil {
		return err
	}
	n.closers = append(n.closers, func() error { return n.Resolver.Close() })
	if err := n.startForwarder(); err != nil {
		return err
	}
	n.closers = append(n.closers, func() error { return n.Forwarder.Close() })
	return nil
}

// startResolver starts the provider's resolver, which knows nothing yet.
func (n *Network) startResolver() (err error) {
	n.Resolver, err = forwarder(n.Provider, netip.AddrPortFrom(beside(n.Exit), nameservice), n.Site.Nameserver)
	return err
}

// startForwarder starts the router's resolver, which knows nothing yet.
func (n *Network) startForwarder() (err error) {
	n.Forwarder, err = forwarder(n.Router, netip.AddrPortFrom(routerAt.Addr(), nameservice), netip.AddrPortFrom(beside(n.Exit), nameservice))
	return err
}

func forwarder(h *world.Host, at, to netip.AddrPort) (f *dns.Forwarder, err error) {
	err = h.Do(func() (err error) {
		f, err = dns.StartForwarder(at.String(), to.String(), dialFrom(h))
		return err
	})
	return f, err
}

func (n *Network) tap() (err error) {
	if n.Tap, err = newTap(n.door); err == nil {
		n.closers = append(n.closers, n.Tap.Close)
	}
	return err
}

// dialFrom makes connections that begin at the host.
func dialFrom(h *world.Host) dns.Dial {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = h.Do(func() (err error) {
			conn, err = (&net.Dialer{KeepAlive: -1}).DialContext(ctx, network, address)
			return err
		})
		return conn, err
	}
}
