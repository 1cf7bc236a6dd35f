package world

import (
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// wire connects the machine with the world.
func (m *Machine) wire() error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name, attributes.HardwareAddr, attributes.MTU = outside, wireAddress, wireMTU
	if err := netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: attributes, PeerName: inside, PeerHardwareAddr: wireAddress, PeerMTU: wireMTU,
		PeerNamespace: netlink.NsFd(int(m.ns.Fd())),
	}); err != nil {
		return fmt.Errorf("add wire: %w", err)
	}
	return raise(outside)
}

func raise(name string) error {
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkSetARPOff(link)
	}
	if err == nil {
		err = netlink.LinkSetUp(link)
	}
	if err != nil {
		return fmt.Errorf("bring up %s: %w", name, err)
	}
	// Where a packet comes from does not have to be where an answer would go to.
	return sysctl("/proc/sys/net/ipv4/conf/"+name+"/rp_filter", "0")
}

// plugIn gives the machine, in which it runs, its way out.
func plugIn() error {
	if err := raise(inside); err != nil {
		return err
	}
	wire, err := netlink.LinkByName(inside)
	if err != nil {
		return err
	}
	for _, all := range []string{"0.0.0.0/0", "::/0"} {
		_, everywhere, err := net.ParseCIDR(all)
		if err == nil {
			err = netlink.RouteAdd(&netlink.Route{
				LinkIndex: wire.Attrs().Index, Dst: everywhere,
				Scope: unix.RT_SCOPE_LINK,
			})
		}
		if err != nil {
			return fmt.Errorf("route %s out: %w", all, err)
		}
	}
	// What answers to ::1 from outside, where the firewall has led it, comes in through the wire: the kernel
	// takes it for a loopback's only where a route says so.
	if err := netlink.RouteAdd(&netlink.Route{
		LinkIndex: wire.Attrs().Index, Dst: &net.IPNet{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		Table: unix.RT_TABLE_LOCAL, Type: unix.RTN_LOCAL,
	}); err != nil {
		return fmt.Errorf("route ::1 back: %w", err)
	}
	for path, value := range map[string]string{
		"/proc/sys/net/ipv4/conf/all/rp_filter": "0",
		// A configuration may name addresses that the machine gets only when it is known that it listens there.
		"/proc/sys/net/ipv4/ip_nonlocal_bind":           "1",
		"/proc/sys/net/ipv6/ip_nonlocal_bind":           "1",
		"/proc/sys/net/ipv4/ip_unprivileged_port_start": "0",
		// What listens on the loopback can be asked from outside.
		"/proc/sys/net/ipv4/conf/all/route_localnet":       "1",
		"/proc/sys/net/ipv4/conf/" + inside + "/rp_filter": "0",
	} {
		if err := sysctl(path, value); err != nil {
			return err
		}
	}
	return nil
}
