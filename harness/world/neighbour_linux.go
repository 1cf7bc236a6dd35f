package world

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Neighbour returns the hardware address at which the host believes its neighbour on the cable to be; nil if it
// does not know.
func (h *Host) Neighbour(cable string, at netip.Addr) (mac net.HardwareAddr, err error) {
	err = h.Do(func() error {
		link, err := netlink.LinkByName(cable)
		if err != nil {
			return err
		}
		all, err := netlink.NeighList(link.Attrs().Index, netlink.FAMILY_V4)
		for _, n := range all {
			if bytes.Equal(n.IP.To4(), at.AsSlice()) && n.State&(netlink.NUD_FAILED|netlink.NUD_INCOMPLETE) == 0 {
				mac = n.HardwareAddr
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up neighbour %s: %w", at, err)
	}
	return mac, nil
}

// Misplace lets the host believe that its neighbour on the cable is at another hardware address, and that it has
// heard so just now. The kernel of Linux believes it for half to one and a half times base_reachable_time, which
// is set to life here (30 s by default), and needs some seconds more to ask anew.
func (h *Host) Misplace(cable string, at netip.Addr, mac net.HardwareAddr) error {
	err := h.Do(func() error {
		// Long enough for any experiment: what is looked at is the belief, not how long it lasts.
		if err := sysctl("/proc/sys/net/ipv4/neigh/"+cable+"/base_reachable_time_ms", "3600000"); err != nil {
			return err
		}
		link, err := netlink.LinkByName(cable)
		if err != nil {
			return err
		}
		return netlink.NeighSet(&netlink.Neigh{
			LinkIndex: link.Attrs().Index, Family: netlink.FAMILY_V4, State: netlink.NUD_REACHABLE, IP: at.AsSlice(),
			HardwareAddr: mac,
		})
	})
	if err != nil {
		return fmt.Errorf("misplace neighbour %s: %w", at, err)
	}
	return nil
}

// ForgetNeighbours empties the host's table of neighbours.
func (h *Host) ForgetNeighbours() error {
	err := h.Do(func() error {
		all, err := netlink.NeighList(0, netlink.FAMILY_V4)
		if err != nil {
			return err
		}
		for _, n := range all {
			if n.State&netlink.NUD_NOARP != 0 {
				continue // Those are the kernel's own: broadcast and loopback.
			}
			// The kernel forgets neighbours by itself, too, also between the list and here.
			if err := netlink.NeighDel(&n); err != nil && !errors.Is(err, unix.ENOENT) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget neighbours: %w", err)
	}
	return nil
}
