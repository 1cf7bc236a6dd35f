//go:build !linux

package upstream

import (
	"errors"
	"fmt"
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
