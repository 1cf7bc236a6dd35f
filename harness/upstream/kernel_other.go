//go:build !linux

package upstream

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// attributes keeps a terminal's Ctrl-C from a process: the experiment ends it in its own order. Only the lifeline
// ties it to this one.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

func stopped(int) (bool, error) {
	return false, fmt.Errorf("wait until stopped: only Linux tells without reaping: %w", errors.ErrUnsupported)
}

// Exhaust leaves the process no descriptor to open. Only Linux: elsewhere nobody can set the limit of another process.
func (p *Process) Exhaust() (restore func() error, err error) {
	return nil, fmt.Errorf("exhaust descriptors of upstream process %d: only Linux has prlimit: %w", p.PID(),
		errors.ErrUnsupported)
}

func unacknowledged(*net.TCPConn) (int, error) {
	return 0, fmt.Errorf("count unacknowledged bytes: only Linux has SIOCOUTQ: %w", errors.ErrUnsupported)
}
