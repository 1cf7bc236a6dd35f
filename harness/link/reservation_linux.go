package link

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// reservation is a socket that is bound to a port and never listens on it. It keeps the port for the Link while
// Toxiproxy's listener is down.
//
// A listener can share the port with it only while both have SO_REUSEADDR, as every listener of Go has. So the
// reservation has it for the moment in which Toxiproxy starts and is without it ever else: then a second listen
// fails with EADDRINUSE.
type reservation struct{ fd int }

// reserve binds at and returns it with its real port.
func reserve(at netip.AddrPort) (*reservation, netip.AddrPort, error) {
	family, sockaddr, err := socketAddress(at)
	if err != nil {
		return nil, at, err
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, at, os.NewSyscallError("socket", err)
	}
	r := &reservation{fd}
	// With SO_REUSEADDR, connections of an earlier listener that are still closing do not stand in the way.
	err = r.share(true)
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(fd, sockaddr))
	}
	if err == nil {
		err = r.share(false)
	}
	if err == nil {
		at, err = r.addr(at)
	}
	if err != nil {
		return nil, at, errors.Join(err, r.release())
	}
	return r, at, nil
}

// lend runs start, which is to listen on the port, and keeps the port from everybody else before and after.
func (r *reservation) lend(start func() error) error {
	if err := r.share(true); err != nil {
		return err
	}
	err := start()
	return errors.Join(err, r.share(false))
}

// vacant returns nil if nobody listens at the address, which is the reserved one, and else an error that
// wraps syscall.EADDRINUSE.
func (r *reservation) vacant(at netip.AddrPort) error {
	return r.lend(func() error {
		other, _, err := reserve(at)
		if err != nil {
			return err
		}
		return other.release()
	})
}

// release gives the port back. A process that is being started may have a copy of the socket for a moment more;
// with SO_REUSEADDR it stands in nobody's way.
func (r *reservation) release() error {
	return errors.Join(r.share(true), os.NewSyscallError("close", syscall.Close(r.fd)))
}

func (r *reservation) share(yes bool) error {
	value := 0
	if yes {
		value = 1
	}
	return os.NewSyscallError("setsockopt", syscall.SetsockoptInt(r.fd, syscall.SOL_SOCKET,
		syscall.SO_REUSEADDR, value))
}

func (r *reservation) addr(at netip.AddrPort) (netip.AddrPort, error) {
	name, err := syscall.Getsockname(r.fd)
	if err != nil {
		return at, os.NewSyscallError("getsockname", err)
	}
	switch name := name.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(at.Addr(), uint16(name.Port)), nil
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(at.Addr(), uint16(name.Port)), nil
	}
	return at, nil
}

func socketAddress(at netip.AddrPort) (int, syscall.Sockaddr, error) {
	if at.Addr().Is4() {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}, nil
	}
	sockaddr := &syscall.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
	if zone := at.Addr().Zone(); zone != "" {
		device, err := net.InterfaceByName(zone)
		if err != nil {
			return 0, nil, err
		}
		sockaddr.ZoneId = uint32(device.Index)
	}
	return syscall.AF_INET6, sockaddr, nil
}
