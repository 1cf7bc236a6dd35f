package upstream

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

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
