package runner

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// foreground makes a program the terminal's foreground process group, as a shell expects to be: Ctrl-C is for what
// runs in it, and not for us. Without a terminal it changes nothing.
func foreground() *syscall.SysProcAttr {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return &syscall.SysProcAttr{Foreground: true, Ctty: int(os.Stdin.Fd())}
}

// keepTerminal returns what makes this process group the terminal's foreground again, for a script that called us and
// has more to ask.
func keepTerminal() (restore func()) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return func() {}
	}
	return func() {
		signal.Ignore(syscall.SIGTTOU) // or a process in the background would be stopped by what follows
		_ = unix.IoctlSetPointerInt(in, unix.TIOCSPGRP, syscall.Getpgrp())
	}
}
