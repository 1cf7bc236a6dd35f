package dns

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// anyIP lets an IPv6 socket send from an address that is local by route only, as all of a world's are: without
// it the kernel refuses the reply with EINVAL, and the client hears nothing. IPv4 asks the routes by itself. It
// needs no privilege.
var anyIP = net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		// An IPv4 socket has no such option, and does well without.
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_FREEBIND, 1)
	})
}}
