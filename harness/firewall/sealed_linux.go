package firewall

import (
	"errors"
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// sealed returns why a rule in the current network namespace could be noticed outside it, or nil.
//
// Comparing namespaces cannot tell: a process sees no handle of the machine's own, /proc/1 is the world's first
// process, inode numbers and cookies differ between kernels, and a container's namespace is no world either. So
// it is the world's own seal that counts: the route that makes every address local. No namespace that talks to
// other machines can have it. Looking up a route sends nothing.
func sealed() error {
	// Addresses that never belong to one machine together: it may own one of a pair by accident, or for
	// documentation's sake.
	for _, address := range []string{"198.51.100.1", "240.0.0.1"} {
		if err := local(address); err != nil {
			return fmt.Errorf("not in a world: %w", err)
		}
	}
	for _, address := range []string{"2001:db8::1", "100::1"} {
		if err := local(address); err != nil && !unroutable(err) { // a world on a machine without IPv6 is sealed too
			return fmt.Errorf("not in a world: %w", err)
		}
	}
	return nil
}

// local returns nil if packets to address stay in the namespace.
func local(address string) error {
	routes, err := netlink.RouteGet(net.ParseIP(address))
	if err != nil {
		return fmt.Errorf("look up the route to %s: %w", address, err)
	}
	for _, route := range routes {
		if route.Type != unix.RTN_LOCAL {
			return fmt.Errorf("look up the route to %s: got one that leaves this network namespace, want a local one",
				address)
		}
	}
	return nil
}

func unroutable(err error) bool {
	for _, errno := range []error{unix.ENETUNREACH, unix.EHOSTUNREACH, unix.EAFNOSUPPORT, unix.EOPNOTSUPP} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
