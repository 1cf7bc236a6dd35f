package world

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Machine is a host of the gateway's own inside a sealed world: a network namespace with a loopback and listeners of its own. What it sends to any address
// that it does not have arrives in the world, where every address is local. So a gateway may listen on every address of its port 80 and forward to port 80
// of another host, which on one and the same host nobody can.
type Machine struct {
	ns *os.File
	id string // of the namespace, as /proc shows it
}

const (
	// outside and inside are the ends of the wire between the world and the machine.
	outside = "gateway"
	inside  = "world"
	// wireMTU is the most that a wire of this kind takes; the loopback's is as large.
	wireMTU = 65535
)

// wireAddress is the hardware address of both ends: neither asks who has an address (there is no ARP for IPv6 routes that are local), each takes its own for
// the other's.
var wireAddress = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// NewMachine makes the world's machine, with these addresses. Sealed worlds only; there is one at most, and it ends with the world.
func (w *World) NewMachine(own ...netip.Addr) (*Machine, error) {
	if reason := w.Lacks(AnyAddress); reason != "" {
		return nil, fmt.Errorf("make machine: %s", reason)
	}
	m := &Machine{}
	if err := onThread(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		m.ns, err = os.Open(threadNetwork)
		return err
	}); err != nil {
		return nil, fmt.Errorf("make machine: %w", err)
	}
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

const threadNetwork = "/proc/thread-self/ns/net"

// onThread runs f on a system thread that nothing else uses, and brings the thread home when f has moved it.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		home, err := os.Open(threadNetwork)
		if err != nil {
			done <- err
			return
		}
		err = f()
		if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		} // Else the thread ends with this goroutine.
		_ = home.Close()
		done <- err
	}()
	return <-done
}

// Do runs f on a thread that is in the machine's network: sockets that f opens and processes that it starts are there.
func (m *Machine) Do(f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(m.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter machine: %w", err)
		}
		return f()
	})
}

// Network is the machine's network namespace, open for as long as the world lives.
func (m *Machine) Network() *os.File { return m.ns }

// Wire is the world's interface that the machine is behind.
func (m *Machine) Wire() string { return outside }

func (m *Machine) identify() (err error) {
	return m.Do(func() (err error) {
		m.id, err = os.Readlink(threadNetwork)
		return err
	})
}

// wire connects the machine with the world.
func (m *Machine) wire() error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name, attributes.HardwareAddr, attributes.MTU = outside, wireAddress, wireMTU
	if err := netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: attributes, PeerName: inside, PeerHardwareAddr: wireAddress, PeerMTU: wireMTU, PeerNamespace: netlink.NsFd(int(m.ns.Fd())),
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

// plugIn gives the machine, in which it runs, its loopback and its way out.
func plugIn() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up loopback: %w", err)
	}
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
			err = netlink.RouteAdd(&netlink.Route{LinkIndex: wire.Attrs().Index, Dst: everywhere, Scope: unix.RT_SCOPE_LINK})
		}
		if err != nil {
			return fmt.Errorf("route %s out: %w", all, err)
		}
	}
	for path, value := range map[string]string{
		"/proc/sys/net/ipv4/conf/all/rp_filter": "0",
		// A configuration may name addresses that the machine gets only when it is known that it listens there.
		"/proc/sys/net/ipv4/ip_nonlocal_bind":              "1",
		"/proc/sys/net/ipv6/ip_nonlocal_bind":              "1",
		"/proc/sys/net/ipv4/ip_unprivileged_port_start":    "0",
		"/proc/sys/net/ipv4/conf/all/route_localnet":       "1", // What listens on the loopback can be asked from outside.
		"/proc/sys/net/ipv4/conf/" + inside + "/rp_filter": "0",
	} {
		if err := sysctl(path, value); err != nil {
			return err
		}
	}
	return nil
}

func sysctl(path, value string) error {
	if err := os.WriteFile(path, []byte(value), 0); err != nil {
		return fmt.Errorf("set sysctl: %w", err)
	}
	return nil
}

// Own gives the machine another address.
func (m *Machine) Own(a netip.Addr) error {
	only := &net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())}
	link, err := netlink.LinkByName(outside)
	if err == nil {
		// More specific than the route that makes all addresses the world's.
		err = netlink.RouteReplace(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: only, Table: unix.RT_TABLE_LOCAL, Scope: unix.RT_SCOPE_LINK})
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

// Processes lists those that live in the machine: a gateway with all that it started, also what went into the background.
func (m *Machine) Processes() []int {
	all, _ := filepath.Glob("/proc/[0-9]*")
	pids := []int{}
	for _, dir := range all {
		ns, err := os.Readlink(filepath.Join(dir, "ns", "net"))
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if err == nil && ns == m.id && pid != os.Getpid() { // A process that is dead and not yet buried has no namespace.
			pids = append(pids, pid)
		}
	}
	return pids
}
