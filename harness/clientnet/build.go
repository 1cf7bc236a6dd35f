package clientnet

import (
	"context"
	"net"
	"net/netip"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/world"
)

func (n *Network) hosts() (err error) {
	for _, h := range []**world.Host{&n.Computer, &n.Router, &n.Provider} {
		if *h, err = n.world.NewHost(); err != nil {
			return err
		}
	}
	return nil
}

// cables lays them, from the computer to the site. The router and the provider have two addresses between them
// (RFC 3021).
func (n *Network) cables() error {
	bits := n.EgressIP.BitLen() - 1
	egress, peer := netip.PrefixFrom(n.EgressIP, bits), netip.PrefixFrom(otherEnd(n.EgressIP), bits)
	for _, c := range [][2]world.End{
		{{Host: n.Computer, Name: toRouter, At: computerAt}, {Host: n.Router, Name: toComputer, At: routerAt}},
		{{Host: n.Router, Name: toProvider, At: egress}, {Host: n.Provider, Name: toRouter, At: peer}},
		{{Name: n.siteCable}, {Host: n.Provider, Name: toSite, At: n.providerAt}},
	} {
		if err := n.world.Connect(c[0], c[1]); err != nil {
			return err
		}
	}
	n.closers = append(n.closers, func() error { return n.world.Disconnect(n.siteCable) })
	return nil
}

// otherEnd is the other address of the two in a /31.
func otherEnd(a netip.Addr) netip.Addr {
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
		{n.Router, everywhere, toProvider, otherEnd(n.EgressIP)},
		{n.Provider, everywhere, toSite, netip.Addr{}}, // The site has every other address, and says so.
		{nil, n.providerAt, n.siteCable, netip.Addr{}},
		{nil, netip.PrefixFrom(n.EgressIP, n.EgressIP.BitLen()), n.siteCable, provider},
		{nil, netip.PrefixFrom(otherEnd(n.EgressIP), n.EgressIP.BitLen()), n.siteCable, provider},
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

// firewalls gives the router its NAT, and both hops a firewall.
func (n *Network) firewalls() (err error) {
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
	return firewall.Translate(n.Router.Network(), toProvider, n.EgressIP, first, last)
}

func (n *Network) resolvers() error {
	if err := n.Provider.Do(func() (err error) {
		n.Names, err = dns.Start(n.nameserver().String())
		return err
	}); err != nil {
		return err
	}
	n.closers = append(n.closers, n.Names.Close)
	n.Names.SetFor(n.Site.Name, longTTL, n.Site.At.Addr())
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

// nameserver is where Names listens.
func (n *Network) nameserver() netip.AddrPort {
	return netip.AddrPortFrom(n.providerAt.Addr(), nameservice)
}

// startResolver starts the provider's resolver, which knows nothing yet.
func (n *Network) startResolver() (err error) {
	n.Resolver, err = forwarder(n.Provider, netip.AddrPortFrom(otherEnd(n.EgressIP), nameservice), n.nameserver())
	return err
}

// startForwarder starts the router's resolver, which knows nothing yet.
func (n *Network) startForwarder() (err error) {
	n.Forwarder, err = forwarder(n.Router, netip.AddrPortFrom(routerAt.Addr(), nameservice),
		netip.AddrPortFrom(otherEnd(n.EgressIP), nameservice))
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
	if n.Tap, err = newTap(n.siteCable); err == nil {
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
