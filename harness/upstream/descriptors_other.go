//go:build !linux

package upstream

import (
	"errors"
	"fmt"
)

// Exhaust leaves the process no descriptor to open. Only Linux: elsewhere nobody can set the limit of another process.
func (p *Process) Exhaust() (restore func() error, err error) {
	return nil, fmt.Errorf("exhaust descriptors of upstream process %d: only Linux has prlimit: %w", p.PID(),
		errors.ErrUnsupported)
}
