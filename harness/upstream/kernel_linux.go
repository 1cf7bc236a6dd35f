package upstream

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes makes a process die with the thread that started it, because the lifeline alone would not end a
// frozen one (Go keeps its threads until the end, but for those that a goroutine locked and left), and keeps a
// terminal's Ctrl-C from it: the experiment ends it in its own order.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// stopped reports whether every thread of our child pid has stopped. Its death is left for Wait to see.
func stopped(pid int) (bool, error) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WSTOPPED|unix.WNOHANG|unix.WNOWAIT, nil)
	return info.Signo != 0, err
}

// Exhaust leaves the process no descriptor to open: its RLIMIT_NOFILE is lowered to below what it has open already.
// That goes on working; the kernel completes handshakes in its name, and nothing accepts them. Restore raises
// the limit again, and may be called more than once, also on a dead process. Only Linux.
func (p *Process) Exhaust() (restore func() error, err error) {
	pid := p.PID()
	var before unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		return nil, fmt.Errorf("exhaust descriptors of upstream process %d: %w", pid, err)
	}
	// A new descriptor takes the lowest free number, and gets none that is not below the limit: 0 leaves no gap
	// that one might have been closed in.
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 0, Max: before.Max}, nil); err != nil {
		return nil, fmt.Errorf("exhaust descriptors of upstream process %d: %w", pid, err)
	}
	return func() error {
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &before, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("restore descriptors of upstream process %d: %w", pid, err)
		}
		return nil
	}, nil
}

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
