package world

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// ambient are the capabilities that a world made by an unprivileged user passes on to its first process and to all of
// ours: addresses and firewall rules (NET_ADMIN, NET_RAW), ports below 1024 (NET_BIND_SERVICE), mounts (SYS_ADMIN),
// files of a gateway that expects to be root (DAC_OVERRIDE), signals (KILL). SETUID and CHOWN are left out: only one
// uid exists in there, and a gateway that sees it cannot change user ignores its user directive. A gateway gets those
// of them that are in granted.
var ambient = []uintptr{
	unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_NET_BIND_SERVICE, unix.CAP_SYS_ADMIN,
	unix.CAP_DAC_OVERRIDE, unix.CAP_KILL,
}

// attributes tells the kernel how to make the first process of a world.
func attributes(mode Mode, o Options) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{}
	if mode == Root || mode == User {
		for step, flag := range map[Step]uintptr{
			StepNetwork: syscall.CLONE_NEWNET, StepPID: syscall.CLONE_NEWPID, StepMount: syscall.CLONE_NEWNS,
			StepIPC: syscall.CLONE_NEWIPC, StepHostname: syscall.CLONE_NEWUTS,
		} {
			if !slices.Contains(o.without, step) {
				a.Cloneflags |= flag
			}
		}
		// A second string to the request pipe, which also ends a world whose first process is too stuck to read
		// it. Not in portable mode: there the first process has a folder to remove, which it must live for.
		a.Pdeathsig = syscall.SIGKILL
	}
	// Ctrl-C at the terminal is for the parent alone, which then ends its worlds; a shell inside wants it for itself.
	a.Setpgid = !o.Terminal
	if mode == User {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		a.AmbientCaps = ambient
	}
	return a
}

// killGroup ends every process of the group that pid leads.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// seal finishes the namespaces that the kernel made: files, then addresses.
func (w *World) seal(t task) error {
	if err := w.enclose(t); err != nil {
		return err
	}
	confined.on, confined.mode, confined.without = true, w.Mode, t.Without
	if takes(t.Without, StepCores) {
		noCores()
	}
	return w.network()
}

// noCores keeps the kernel from handing a crash of this process, or of what it starts, to anybody: a limit of 1
// is the one at which it writes no file and starts no program, which it would do outside of the world (core(5)).
// Where not even one byte is allowed, nobody but root can allow it; then a program is started still.
func noCores() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1}) }
