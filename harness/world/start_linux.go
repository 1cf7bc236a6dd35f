package world

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// granted are the capabilities that a process of a sealed world has which is not ours, if the world has them: what
// web servers use when they run as root. All of them end at the world's namespaces, but for the files that may be
// read (DAC_OVERRIDE), for the limits, priorities and locked memory of its own processes (SYS_RESOURCE, SYS_NICE,
// IPC_LOCK), and for NET_ADMIN as root, which is the machine's own: other steps keep from it what it may elsewhere than
// in the world's network (see protocols, and StepProc). Not among them are those that reach the machine: SYS_ADMIN,
// SYS_TIME, SYS_MODULE, SYS_RAWIO, SYS_BOOT, SYS_PTRACE, MKNOD, SYSLOG and others.
var granted = []uintptr{
	unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_KILL, unix.CAP_SETGID,
	unix.CAP_SETUID, unix.CAP_SETPCAP, unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_ADMIN, unix.CAP_NET_RAW,
	unix.CAP_IPC_LOCK, unix.CAP_SYS_CHROOT, unix.CAP_SYS_RESOURCE, unix.CAP_SYS_NICE,
}

// confined says what Start does in this process; set once, when it has become the first of a sealed world.
var confined struct {
	on      bool
	mode    Mode
	without []Step
	// foreign says that /proc is the machine's: its numbers of processes are not the world's. See root.processes.
	foreign bool
}

// Start starts a process that is not ours: a gateway, or whatever else a user or a configuration names. In a sealed
// world it gets no more of the machine than boundary.md says; elsewhere it is started as cmd.Start does.
func Start(cmd *exec.Cmd, l Launch) error {
	if !confined.on {
		if l.Before != nil {
			return fmt.Errorf("start %s: only in a sealed world does it get a thread of its own: %w", cmd.Path,
				errors.ErrUnsupported)
		}
		return l.Host.Do(cmd.Start)
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// It is bound to the thread, which ends at once; the end of the world ends every process all the same.
	cmd.SysProcAttr.Pdeathsig = 0
	if !l.Terminal && takes(confined.without, StepSession) {
		cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setpgid = true, false
	}
	return onLastThread(func() error { return l.confine(cmd) })
}

// onLastThread runs f on a thread that ends with it: what f changes of the thread, only the processes have that f
// starts.
func onLastThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			// Go never ends the first thread of a process, which /proc shows in place of the process. While it is held
			// here, f gets another.
			done <- onLastThread(f)
			runtime.UnlockOSThread()
			return
		}
		done <- f() // The thread is never unlocked, and so ends with this goroutine.
	}()
	return <-done
}

func (l Launch) confine(cmd *exec.Cmd) error {
	if l.Host != nil {
		if err := unix.Setns(int(l.Host.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter host: %w", err)
		}
	}
	before := l.Before
	if before == nil {
		before = func() error { return nil }
	}
	for _, step := range []func() error{before, filterCalls, boundCapabilities, cmd.Start} {
		if err := step(); err != nil {
			return err
		}
	}
	if takes(confined.without, StepOutOfMemory) && !confined.foreign {
		// From here on its children have it, too. One that has ended meanwhile needs none.
		_ = endAt(strconv.Itoa(cmd.Process.Pid), firstToEnd)
	}
	return nil
}

// boundCapabilities leaves what this thread starts no capability that is not granted. The thread keeps its own until
// the new program runs: whoever looks at this process through /proc meets one that may more than he (ptrace(2)).
func boundCapabilities() error {
	if takes(confined.without, StepCapabilities) {
		if err := inheritGranted(); err != nil {
			return err
		}
		for c := uintptr(0); unix.Prctl(unix.PR_CAPBSET_READ, c, 0, 0, 0) == nil; c++ {
			if slices.Contains(granted, c) {
				continue
			}
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); confined.mode == Root && err != nil {
				return fmt.Errorf("drop capability %d: %w", c, err)
			}
			if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_LOWER, c, 0, 0); err != nil {
				return fmt.Errorf("lower capability %d: %w", c, err)
			}
		}
	}
	if confined.mode == User && takes(confined.without, StepNoNewPrivileges) {
		// As root it would change what a gateway does that starts a program which is another user's by its mode.
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("set no_new_privs: %w", err)
		}
	}
	return nil
}

// inheritGranted takes what is not granted out of the thread's inheritable capabilities: from those, a program that
// root starts has it in spite of the bounding set (capabilities(7)).
func inheritGranted() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	sets := [2]unix.CapUserData{}
	if err := unix.Capget(&head, &sets[0]); err != nil {
		return fmt.Errorf("read capabilities: %w", err)
	}
	keep := uint64(0)
	for _, c := range granted {
		keep |= 1 << c
	}
	sets[0].Inheritable &= uint32(keep)
	sets[1].Inheritable &= uint32(keep >> 32)
	if err := unix.Capset(&head, &sets[0]); err != nil {
		return fmt.Errorf("set inheritable capabilities: %w", err)
	}
	return nil
}
