package upstream

import (
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
