package world

import (
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// namespaces identify those of a process, as the links below /proc/self/ns do, and the file system of its root.
type namespaces struct {
	PID     string `json:"pid"`
	Network string `json:"network"`
	Mount   string `json:"mount"`
	Root    uint64 `json:"root"`
}

// ourNamespaces returns those of this process.
func ourNamespaces() (n namespaces, err error) {
	for name, to := range map[string]*string{"pid": &n.PID, "net": &n.Network, "mnt": &n.Mount} {
		if *to, err = os.Readlink("/proc/self/ns/" + name); err != nil {
			return n, fmt.Errorf("find own namespaces: %w", err)
		}
	}
	if n.Root, err = rootSystem(); err != nil {
		return n, fmt.Errorf("find own root: %w", err)
	}
	return n, nil
}

// rootSystem is the number of the file system that the root is on.
func rootSystem() (uint64, error) {
	s := unix.Stat_t{}
	err := unix.Stat("/", &s)
	return s.Dev, err
}

// fresh returns an error unless a world of the mode may be set up around this process: it must be the first of a PID
// namespace, its network must be in use by nobody, and none of its namespaces may be its parent's. Without knowing the
// parent's (the zero value) only the rest is asked for.
func fresh(mode Mode, parent namespaces) error {
	switch mode {
	case Portable:
		return nil
	case Root, User:
	default:
		return fmt.Errorf("there is no mode %q", mode)
	}
	if pid := os.Getpid(); pid != 1 {
		return fmt.Errorf("it is process %d, not the first of a PID namespace", pid)
	}
	links, err := netlink.LinkList()
	if err != nil {
		return fmt.Errorf("list network interfaces: %w", err)
	}
	for _, l := range links {
		if l.Attrs().Flags&net.FlagUp != 0 {
			return fmt.Errorf("its network is not new: %s is up", l.Attrs().Name)
		}
	}
	own, err := ourNamespaces()
	if err != nil {
		return err
	}
	for name, pair := range map[string][2]string{
		"PID": {own.PID, parent.PID}, "network": {own.Network, parent.Network}, "mount": {own.Mount, parent.Mount},
	} {
		if pair[0] == pair[1] {
			return fmt.Errorf("its %s namespace is its parent's", name)
		}
	}
	return nil
}
