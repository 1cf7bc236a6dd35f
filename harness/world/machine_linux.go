package world

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Machine is a host of the gateway's own inside a sealed world: a network namespace with a loopback and listeners
// of its own. What it sends to any address that it does not have arrives in the world, where every address is
// local. So a gateway may listen on every address of its port 80 and forward to port 80 of another host, which
// on one and the same host nobody can.
type Machine struct {
	*Host
	id string // of the namespace, as /proc shows it
}

const (
	// outside and inside are the ends of the wire between the world and the machine.
	outside = "gateway"
	inside  = "world"
	// wireMTU is the most that a wire of this kind takes; the loopback's is as large.
	wireMTU = 65535
)

// wireAddress is the hardware address of both ends: neither asks who has an address (there is no ARP for IPv6
// routes that are local), each takes its own for the other's.
var wireAddress = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// NewMachine makes the world's machine, with these addresses. Sealed worlds only; there is one at most, and it
// ends with the world.
func (w *World) NewMachine(own ...netip.Addr) (*Machine, error) {
	if reason := w.Lacks(AnyAddress); reason != "" {
		return nil, fmt.Errorf("make machine: %s", reason)
	}
	h, err := w.NewHost()
	if err != nil {
		return nil, fmt.Errorf("make machine: %w", err)
	}
	m := &Machine{Host: h}
	for _, step := range []func() error{m.identify, m.wire, func() error { return m.Do(plugIn) }} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("make machine: %w", err)
		}
	}
	for _, a := range own {
		if err := m.Own(a); err != nil {
			return nil, err
		}
	}
	w.machine = m
	return m, nil
}

// Wire is the world's interface that the machine is behind.
func (m *Machine) Wire() string { return outside }

func (m *Machine) identify() (err error) {
	return m.Do(func() (err error) {
		m.id, err = os.Readlink(threadNetwork)
		return err
	})
}

// Own gives the machine another address.
func (m *Machine) Own(a netip.Addr) error {
	only := &net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())}
	link, err := netlink.LinkByName(outside)
	if err == nil {
		// More specific than the route that makes all addresses the world's.
		err = netlink.RouteReplace(&netlink.Route{
			LinkIndex: link.Attrs().Index, Dst: only, Table: unix.RT_TABLE_LOCAL,
			Scope: unix.RT_SCOPE_LINK,
		})
	}
	if err == nil {
		err = m.Do(func() error {
			link, err := netlink.LinkByName(inside)
			if err != nil {
				return err
			}
			return netlink.AddrReplace(link, &netlink.Addr{IPNet: only, Flags: unix.IFA_F_NODAD})
		})
	}
	if err != nil {
		return fmt.Errorf("give the machine %s: %w", a, err)
	}
	return nil
}

// Processes lists those that live in the machine: a gateway with all that it started, also what went into
// the background.
func (m *Machine) Processes() []int {
	all, _ := filepath.Glob("/proc/[0-9]*")
	pids := []int{}
	for _, dir := range all {
		ns, err := os.Readlink(filepath.Join(dir, "ns", "net"))
		pid, _ := strconv.Atoi(filepath.Base(dir))
		// A process that is dead and not yet buried has no namespace.
		if err == nil && ns == m.id && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}
