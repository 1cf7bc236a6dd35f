package upstream

import (
	"net"

	"golang.org/x/sys/unix"
)

// unacknowledged returns how many bytes written to tcp its peer has not acknowledged.
func unacknowledged(tcp *net.TCPConn) (n int, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	if failed != nil {
		return 0, failed
	}
	return n, err
}
