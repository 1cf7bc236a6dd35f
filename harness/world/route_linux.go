package world

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Unroute takes the address, which is local like all of the world's, out of it: no packet leaves for it or arrives at it any more, on connections that
// are open too, whose ends are told nothing. Listeners stay, and are reachable again after undo, which may be called more than once. Sealed worlds only.
func (w *World) Unroute(at netip.Addr, how Away) (undo func() error, err error) {
	if reason := w.Lacks(AnyAddress); reason != "" {
		return nil, fmt.Errorf("remove route to %s: %s: %w", at, reason, errors.ErrUnsupported)
	}
	kind := map[Away]int{
		NoRoute:         unix.RTN_THROW, // leaves the local table, and no other has a route
		HostUnreachable: unix.RTN_UNREACHABLE,
	}[how]
	route := &netlink.Route{
		Dst:  &net.IPNet{IP: at.AsSlice(), Mask: net.CIDRMask(at.BitLen(), at.BitLen())}, // more specific than the route that makes all addresses local
		Type: kind, Table: unix.RT_TABLE_LOCAL,
	}
	if err := netlink.RouteAdd(route); err != nil {
		return nil, fmt.Errorf("remove route to %s: %w", at, err)
	}
	return func() error {
		if err := netlink.RouteDel(route); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("restore route to %s: %w", at, err)
		}
		return nil
	}, nil
}
