package clientnet

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// openSYNs begins so many connections to the IPv4 address and forgets each at once: all that there is of it is its
// first packet.
func openSYNs(at netip.AddrPort, times int) error {
	for range times {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			return fmt.Errorf("knock at %s: %w", at, err)
		}
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())})
		_ = unix.Close(fd)
		if err != nil && !errors.Is(err, unix.EINPROGRESS) {
			return fmt.Errorf("knock at %s: %w", at, err)
		}
	}
	return nil
}
