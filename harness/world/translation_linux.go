package world

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Translations counts the TCP connections that the host, a router, keeps state of: which computer behind it each
// belongs to.
func (h *Host) Translations() (n int, err error) {
	err = h.Do(func() error {
		all, err := netlink.ConntrackTableList(netlink.ConntrackTable, unix.AF_INET)
		for _, flow := range all {
			if flow.Forward.Protocol == unix.IPPROTO_TCP {
				n++
			}
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("list translations: %w", err)
	}
	return n, nil
}

// ForgetTranslations lets the host forget every connection that it keeps state of.
func (h *Host) ForgetTranslations() error {
	if err := h.Do(func() error { return netlink.ConntrackTableFlush(netlink.ConntrackTable) }); err != nil {
		return fmt.Errorf("forget translations: %w", err)
	}
	return nil
}

// Strict lets the host take a TCP connection for one only if it has seen its handshake: what comes of an unknown
// one in its middle belongs to nobody. The kernel is lax by default; many routers are not.
func (h *Host) Strict() error {
	return h.Do(func() error { return sysctl("/proc/sys/net/netfilter/nf_conntrack_tcp_loose", "0") })
}
