package world

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Unroute takes the address, which is local like all of the world's, out of it: no packet leaves for it or arrives
// at it any more, on connections that are open too, whose ends are told nothing. Listeners stay, and are reachable
// again after undo, which may be called more than once. Sealed worlds only.
func (w *World) Unroute(at netip.Addr, how Away) (undo func() error, err error) {
	if reason := w.Lacks(AnyAddress); reason != "" {
		return nil, fmt.Errorf("remove route to %s: %s: %w", at, reason, errors.ErrUnsupported)
	}
	kind := map[Away]int{
		NoRoute:         unix.RTN_THROW, // leaves the local table, and no other has a route
		HostUnreachable: unix.RTN_UNREACHABLE,
	}[how]
	route := &netlink.Route{
		// More specific than the route that makes all addresses local.
		Dst:  &net.IPNet{IP: at.AsSlice(), Mask: net.CIDRMask(at.BitLen(), at.BitLen())},
		Type: kind, Table: unix.RT_TABLE_LOCAL,
	}
	undo = func() error {
		if err := w.each(func() error {
			if err := netlink.RouteDel(route); !errors.Is(err, unix.ESRCH) {
				return err
			}
			return nil
		}); err != nil {
			return fmt.Errorf("restore route to %s: %w", at, err)
		}
		return nil
	}
	if err := w.each(func() error { return netlink.RouteAdd(route) }); err != nil {
		return nil, errors.Join(fmt.Errorf("remove route to %s: %w", at, err), undo())
	}
	return undo, nil
}

// each does the same in the world's network and in that of its machine, if there is one: the two must agree on
// what can be reached.
func (w *World) each(f func() error) error {
	err := f()
	if w.machine != nil {
		err = errors.Join(err, w.machine.Do(f))
	}
	return err
}
