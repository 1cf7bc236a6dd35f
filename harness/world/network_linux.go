package world

import (
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// network makes every address local: what `ip link set lo up; ip route add local 0.0.0.0/0 dev lo; ip -6 route
// add local ::/0 dev lo` do.
func (w *World) network() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("find loopback: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up loopback: %w", err)
	}
	for _, all := range []string{"0.0.0.0/0", "::/0"} {
		_, dst, err := net.ParseCIDR(all)
		if err != nil {
			return fmt.Errorf("parse route: %w", err)
		}
		// In the local table, so that bind finds the address too.
		err = netlink.RouteReplace(&netlink.Route{
			LinkIndex: lo.Attrs().Index, Dst: dst, Type: unix.RTN_LOCAL, Table: unix.RT_TABLE_LOCAL,
			Scope: unix.RT_SCOPE_HOST,
		})
		if err != nil {
			return fmt.Errorf("make %s local: %w", all, err)
		}
	}
	return w.sysctls()
}

// sysctls opens what bind would still refuse.
func (w *World) sysctls() error {
	for _, s := range []struct{ path, value string }{
		// IPv6 asks for an address that is configured, not only routed, unless told otherwise.
		{"/proc/sys/net/ipv6/ip_nonlocal_bind", "1"},
		// A gateway that dropped its privileges may bind 80 and 443, as it could behind a service manager's socket.
		{"/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"},
	} {
		if err := sysctl(s.path, s.value); err != nil {
			return err
		}
	}
	return nil
}
