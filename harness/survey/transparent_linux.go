package survey

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// transparent listeners take connections that were made to other addresses than their own.
var transparent = net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
	if e := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_TRANSPARENT, 1)
	}); e != nil {
		return e
	}
	return err
}}
