//go:build !linux

package gateway

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
