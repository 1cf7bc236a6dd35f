package world

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Connect lays a cable between two hosts: an Ethernet of two, whose ends find each other by ARP. One of the hosts
// may be the world itself.
func (w *World) Connect(a, b End) error {
	if b.Host == nil {
		a, b = b, a
	}
	if err := a.Host.Do(func() error {
		attributes := netlink.NewLinkAttrs()
		attributes.Name = a.Name
		return netlink.LinkAdd(&netlink.Veth{
			LinkAttrs: attributes, PeerName: b.Name,
			PeerNamespace: netlink.NsFd(int(b.Host.ns.Fd())),
		})
	}); err != nil {
		return fmt.Errorf("lay cable %s to %s: %w", a.Name, b.Name, err)
	}
	for _, e := range []End{a, b} {
		if err := e.Host.Do(e.plugIn); err != nil {
			return fmt.Errorf("lay cable %s to %s: %w", a.Name, b.Name, err)
		}
	}
	return nil
}

func (e End) plugIn() error {
	link, err := netlink.LinkByName(e.Name)
	if err == nil && e.At.IsValid() {
		err = netlink.AddrReplace(link, &netlink.Addr{IPNet: network(e.At)})
	}
	if err != nil {
		return err
	}
	return setLink(e.Name, true)
}

// Plug brings the host's end of a cable up or down, as one who pulls it out and puts it back. The other end sees
// that the carrier is gone, and keeps its addresses and routes.
func (h *Host) Plug(name string, in bool) error {
	return h.Do(func() error { return setLink(name, in) })
}

// Disconnect takes a cable of the world's own away, with the routes that lead to it: the addresses behind it are
// the world's again.
func (w *World) Disconnect(name string) error {
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkDel(link)
	}
	if err != nil {
		return fmt.Errorf("take cable %s away: %w", name, err)
	}
	return nil
}

// Route leads what is for the prefix to the neighbour via, or, if that is the zero Addr, to the host that says
// on the cable that it has the address. In the world, where every address is local, it takes the prefix away from it.
func (h *Host) Route(to netip.Prefix, cable string, via netip.Addr) error {
	err := h.Do(func() error {
		link, err := netlink.LinkByName(cable)
		if err != nil {
			return err
		}
		r := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: network(to.Masked()), Scope: unix.RT_SCOPE_LINK}
		if via.IsValid() {
			r.Gw, r.Scope, r.Flags = via.AsSlice(), unix.RT_SCOPE_UNIVERSE, int(netlink.FLAG_ONLINK)
		}
		if h == nil {
			r.Table = unix.RT_TABLE_LOCAL // More specific than the route that makes all addresses the world's.
		}
		return netlink.RouteReplace(r)
	})
	if err != nil {
		return fmt.Errorf("route %s to %s: %w", to, cable, err)
	}
	return nil
}

// network writes p as the older library does, its address kept.
func network(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
