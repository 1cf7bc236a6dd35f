//go:build !linux

package world

import (
	"errors"
	"fmt"
	"syscall"
)

// attributes puts the child into a process group of its own, so that it can be ended as a whole.
func attributes(_ Mode, o Options) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: !o.Terminal}
}

// killGroup ends every process of the group that pid leads.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

func (w *World) seal(task) error {
	return fmt.Errorf("only Linux has namespaces: %w", errors.ErrUnsupported)
}

// Names is Linux only; see OwnResolvConf.
func (w *World) Names(string, string) error {
	return fmt.Errorf("%s: %w", w.Lacks(OwnResolvConf), errors.ErrUnsupported)
}

// Trust is Linux only, as Names is.
func (w *World) Trust([]byte) error {
	return fmt.Errorf("%s: %w", w.Lacks(OwnResolvConf), errors.ErrUnsupported)
}
