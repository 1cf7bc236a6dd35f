package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

var mountProbes = []probe{
	{
		name: "mount-seen-outside", steps: []Step{StepMount}, seen: true, outside: mounted,
		inside: func(m reach, _ string) error {
			return unix.Mount("tmpfs", filepath.Join(m.Folder, m.Mark), "tmpfs", 0, "size=4k")
		},
	},
	{name: "mount", steps: kernelOnly, inside: func(m reach, own string) error {
		return withFolder(m, own, func(at string) error { return unix.Mount("tmpfs", at, "tmpfs", 0, "size=4k") })
	}},
	{name: "mount-bind", steps: kernelOnly, inside: func(m reach, own string) error {
		return withFolder(m, own, func(at string) error { return unix.Mount("/usr", at, "", unix.MS_BIND, "") })
	}},
	{name: "mount-by-new-calls", steps: kernelOnly, inside: func(reach, string) error {
		fd, err := unix.Fsopen("tmpfs", 0)
		if err == nil {
			return unix.Close(fd)
		}
		return permitted(err)
	}},
	{name: "mount-cloned", steps: kernelOnly, inside: func(reach, string) error {
		fd, err := unix.OpenTree(unix.AT_FDCWD, "/", unix.OPEN_TREE_CLONE)
		if err == nil {
			return unix.Close(fd)
		}
		return permitted(err)
	}},
	{name: "settings-remounted", steps: kernelOnly, inside: func(reach, string) error {
		err := unix.Mount("", "/proc", "", unix.MS_REMOUNT|unix.MS_BIND, "")
		defer func() { _ = unix.Mount("", "/proc", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "") }()
		return errors.Join(err, changeSetting("/proc/sys"))
	}},
	{name: "settings-mounted-anew", steps: kernelOnly, inside: func(m reach, own string) error {
		return withFolder(m, own, func(at string) error {
			if err := unix.Mount("proc", at, "proc", 0, ""); err != nil {
				return err
			}
			return changeSetting(at + "/sys")
		})
	}},
	{name: "groups-mounted-anew", steps: kernelOnly, inside: func(m reach, own string) error {
		return withFolder(m, own, func(at string) error {
			if err := unix.Mount("cgroup2", at, "cgroup2", 0, ""); err != nil {
				return err
			}
			return open(at+"/cgroup.procs", os.O_WRONLY)
		})
	}},
	{name: "sys-remounted", steps: kernelOnly, inside: func(reach, string) error {
		err := unix.Mount("", "/sys", "", unix.MS_REMOUNT|unix.MS_BIND, "")
		return errors.Join(err, writableBelow("/sys/kernel"))
	}},
	{name: "root-uncovered", steps: []Step{StepRoot}, files: true, seen: true, inside: func(m reach, own string) error {
		_ = unix.Unmount("/", unix.MNT_DETACH)
		return each(m.Folders, func(folder string) error {
			_ = unix.Unmount(folder, unix.MNT_DETACH)
			return os.WriteFile(m.victim(folder, own), nil, 0)
		})
	}},
	{name: "root-changed", steps: kernelOnly, inside: func(m reach, own string) error {
		return withFolder(m, own, func(at string) error {
			return permitted(unix.PivotRoot(at, at))
		})
	}},
}

// withFolder has do work on a new folder, and removes what it mounts there.
func withFolder(m reach, own string, do func(at string) error) error {
	at := m.victim(os.TempDir(), own)
	if err := os.Mkdir(at, 0o700); err != nil {
		return err
	}
	defer func() {
		_ = unix.Unmount(at, unix.MNT_DETACH)
		_ = os.Remove(at)
	}()
	return do(at)
}

// changeSetting writes to a setting of the kernel the value that it has.
func changeSetting(settings string) error {
	path := settings + "/kernel/printk_ratelimit"
	value, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, value, 0)
}

// writableBelow succeeds if a file below the folder can be opened to be written, but for those of processes.
func writableBelow(folder string) error {
	found := ""
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case folder == "/proc" && filepath.Dir(path) == folder && strings.Trim(e.Name(), "0123456789") == "":
			return fs.SkipDir
		case isWritable(e) && open(path, os.O_WRONLY) == nil:
			found = path
			return fs.SkipAll
		}
		return nil
	})
	if found == "" {
		return errors.Join(errors.New("none can be written"), err)
	}
	return gotOut{errors.New(found)}
}

// isWritable reports whether it is a file that somebody may write.
func isWritable(e fs.DirEntry) bool {
	info, err := e.Info()
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o222 != 0
}

var processProbes = []probe{
	{name: "signal", steps: []Step{StepPID}, seen: true, outside: signalled, inside: func(m reach, _ string) error {
		return errors.Join(syscall.Kill(m.Canary, syscall.SIGUSR1), syscall.Kill(m.Parent, 0))
	}},
	{name: "signal-all", steps: []Step{StepPID}, seen: true, outside: signalled, inside: func(reach, string) error {
		return syscall.Kill(-1, syscall.SIGURG) // Nobody ends by it; who is stopped keeps it.
	}},
	{name: "processes-seen", steps: []Step{StepPID}, inside: func(m reach, _ string) error {
		switch {
		case !m.outside():
			return fmt.Errorf("process %d is not the machine's", m.Canary)
		case m.Hidden:
			return notHere{errors.New("a part of the machine's /proc is hidden, which forbids a fresh one")}
		}
		return nil
	}},
	{name: "files-of-the-parent", steps: []Step{StepPID}, inside: func(m reach, _ string) error {
		if !m.outside() {
			return fmt.Errorf("process %d is not the machine's", m.Parent)
		}
		return open(fmt.Sprintf("/proc/%d/root/etc", m.Parent), os.O_RDONLY)
	}},
	{name: "priority-of-the-parent", steps: []Step{StepPID}, inside: func(m reach, _ string) error {
		if !m.outside() {
			return fmt.Errorf("process %d is not the machine's", m.Parent)
		}
		path := fmt.Sprintf("/proc/%d/oom_score_adj", m.Parent)
		value, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, value, 0)
	}},
	{name: "first-memory", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/mem", os.O_RDONLY)
	}},
	{name: "first-memory-by-call", steps: kernelOnly, inside: func(reach, string) error { return readFirst() }},
	{name: "first-environment", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/environ", os.O_RDONLY)
	}},
	{name: "first-root", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/root/etc", os.O_RDONLY)
	}},
	{name: "first-folder", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/cwd/.", os.O_RDONLY)
	}},
	{name: "first-program", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/exe", os.O_RDONLY)
	}},
	{name: "first-descriptors", steps: kernelOnly, inside: func(reach, string) error {
		return each([]string{"/proc/1/fd/3", "/proc/1/fd/4"}, func(at string) error { return open(at, os.O_RDWR) })
	}},
	{name: "first-descriptor-taken", steps: kernelOnly, inside: func(reach, string) error {
		first, err := unix.PidfdOpen(1, 0)
		if err != nil {
			return err
		}
		fd, err := unix.PidfdGetfd(first, answerFD, 0)
		if err == nil {
			return unix.Close(fd)
		}
		return permitted(err)
	}},
	{name: "helper-memory", steps: kernelOnly, inside: func(m reach, _ string) error {
		if m.Helper == 0 {
			return errors.New("there is none")
		}
		return each([]string{"mem", "environ", "fd/0"}, func(file string) error {
			return open(fmt.Sprintf("/proc/%d/%s", m.Helper, file), os.O_RDONLY)
		})
	}},
	{name: "first-traced", steps: kernelOnly, inside: func(reach, string) error {
		const seize = 0x4206 // PTRACE_SEIZE: it is not stopped.
		_, _, e := syscall.Syscall6(syscall.SYS_PTRACE, seize, 1, 0, 0, 0, 0)
		if e != 0 {
			return e
		}
		return nil
	}},
	{name: "first-namespaces", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/1/ns/net", os.O_RDONLY)
	}},
	{
		name: "inherited-descriptors", steps: []Step{StepDescriptors}, seen: true,
		outside: descriptorUsed, inside: useInherited,
	},
	descriptorLeft,
	{name: "capabilities", steps: kernelOnly, inside: moreCapable},
	{
		name: "answer-forged", steps: []Step{StepDescriptors, StepNonce}, alone: true,
		inside: func(_ reach, own string) error {
			return forge(own)
		},
	},
	{name: "user-namespace-unshared", steps: []Step{StepUserNamespaces}, inside: func(reach, string) error {
		return startWith(&syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWUSER})
	}},
	{name: "user-namespace-cloned", steps: []Step{StepUserNamespaces}, inside: func(reach, string) error {
		return startWith(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS})
	}},
	{name: "user-namespace-cloned-anew", steps: []Step{StepUserNamespaces}, inside: func(reach, string) error {
		// Too small a size is refused, by who knows the call at all.
		args := [8]byte{}
		_, _, e := syscall.Syscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), uintptr(len(args)), 0)
		if e != syscall.EINVAL {
			return e
		}
		return nil
	}},
	{name: "namespaces-unshared", steps: kernelOnly, inside: func(reach, string) error {
		const all = syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID
		return startWith(&syscall.SysProcAttr{Unshareflags: all})
	}},
	{
		name: "program-with-capability", steps: kernelOnly, user: []Step{StepNoNewPrivileges},
		inside: func(m reach, _ string) error {
			if m.Program == "" {
				return notHere{errors.New("no program has one")}
			}
			out, err := exec.Command(m.Program, "/proc/self/status").Output()
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(out)) {
				if name, set, _ := strings.Cut(line, ":"); name == "CapEff" {
					bits, err := strconv.ParseUint(strings.TrimSpace(set), 16, 64)
					if err != nil || bits&(1<<unix.CAP_SYS_TIME) == 0 {
						return fmt.Errorf("it has %#x only", bits)
					}
					return nil
				}
			}
			return errors.New("it does not say what it has")
		},
	},
	{name: "terminal", steps: []Step{StepSession}, inside: func(reach, string) error {
		return open("/dev/tty", os.O_RDWR)
	}},
	{name: "terminal-typed-into", steps: []Step{StepSession}, inside: func(reach, string) error {
		f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		letter := byte('x')
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), unix.TIOCSTI,
			uintptr(unsafe.Pointer(&letter))); e != 0 {
			return e
		}
		return nil
	}},
}

// outside reports whether this process is in no world: whether the machine's parent is the process that it says it is.
func (m reach) outside() bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", m.Canary))
	return err == nil && strings.HasPrefix(string(line), "sleep\x003600\x00")
}

// somewhere is in the memory of every process of this binary, at the same place.
var somewhere = [8]byte{1}

func readFirst() error {
	to := [8]byte{}
	local := []unix.Iovec{{Base: &to[0], Len: 8}}
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&somewhere)), Len: 8}}
	_, err := unix.ProcessVMReadv(1, local, remote, 0)
	return permitted(err)
}

// useInherited writes into every descriptor that it has not opened itself.
func useInherited(m reach, own string) error {
	errs := []error{}
	for fd := 3; fd < 64; fd++ {
		flags, err := unix.FcntlInt(uintptr(fd), syscall.F_GETFD, 0)
		if err != nil || flags&syscall.FD_CLOEXEC != 0 || fd == answerFD {
			continue // What Go opens has the flag; the answer is another probe's.
		}
		_, err = syscall.Write(fd, m.payload(own))
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return errors.New("none")
	}
	return errors.Join(errs...)
}

// descriptorLeft is the probe that looks for what it has open and has not opened itself.
var descriptorLeft = probe{name: "descriptor-left", steps: []Step{StepDescriptors}, inside: func(reach, string) error {
	for fd := 3; fd < 1024; fd++ {
		// What Go opens has the flag.
		if flags, err := unix.FcntlInt(uintptr(fd), syscall.F_GETFD, 0); err == nil && flags&syscall.FD_CLOEXEC == 0 {
			what, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
			return gotOut{fmt.Errorf("descriptor %d is %s", fd, what)}
		}
	}
	return errors.New("none")
}}

// moreCapable succeeds if the process has a capability that is not granted, or, as root, a way to one.
func moreCapable(reach, string) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	most := uint64(0)
	for _, c := range granted {
		most |= 1 << c
	}
	seen := 0
	for line := range strings.Lines(string(status)) {
		name, set, _ := strings.Cut(line, ":")
		if !slices.Contains([]string{"CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd"}, name) {
			continue
		}
		seen++
		if name == "CapBnd" && os.Geteuid() != 0 {
			continue // Nobody but root can lower it; no_new_privs has it lead nowhere.
		}
		if has, err := strconv.ParseUint(strings.TrimSpace(set), 16, 64); err != nil || has&^most != 0 {
			return gotOut{fmt.Errorf("%s is %#x (%w), and only %#x granted", name, has, err, most)}
		}
	}
	if seen != 5 {
		return gotOut{fmt.Errorf("only %d of 5 sets can be read", seen)}
	}
	return errors.New("it has none but the granted")
}

// forge writes into the pipe of the answer that the process has escaped. Who takes that believes it.
func forge(own string) error {
	s := syscall.Stat_t{}
	if err := syscall.Fstat(answerFD, &s); err != nil || s.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return errors.Join(errors.New("there is no pipe"), err)
	}
	text, err := json.Marshal([]outcome{{Name: own, Escaped: true, Why: "the forged answer is taken"}})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.NewFile(answerFD, "answer")).Encode(answer{Result: text}); err != nil {
		return err
	}
	return errors.New("the answer is written, and not taken")
}

// startWith starts a process with these attributes, which then has a capability that gateways have not.
func startWith(a *syscall.SysProcAttr) error {
	a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN}
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = a
	return cmd.Run()
}

var ipcProbes = []probe{
	{
		name: "system-v-memory", steps: []Step{StepIPC}, seen: true,
		outside: func(m *machine) bool { return len(m.segment) > 0 && m.segment[0] != 0 },
		inside: func(m reach, _ string) error {
			id, err := unix.SysvShmGet(m.Key, 4096, 0o600)
			if err != nil {
				return err
			}
			b, err := unix.SysvShmAttach(id, 0, 0)
			if err != nil {
				return err
			}
			b[0] = 1
			return nil
		},
	},
	{name: "system-v-queue", steps: []Step{StepIPC}, inside: func(m reach, _ string) error {
		return known(unix.SYS_MSGGET, uintptr(m.Key), 0, 0)
	}},
	{name: "system-v-semaphore", steps: []Step{StepIPC}, inside: func(m reach, _ string) error {
		return known(unix.SYS_SEMGET, uintptr(m.Key), 1, 0)
	}},
	{name: "posix-queue", steps: []Step{StepIPC}, inside: func(m reach, _ string) error {
		name := append([]byte(m.Queue), 0)
		return known(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(&name[0])), syscall.O_RDWR, 0)
	}},
	{
		name: "host-name", steps: []Step{StepCapabilities, StepHostname}, seen: true, outside: hostChanged,
		inside: func(m reach, _ string) error { return unix.Sethostname([]byte(m.Mark)) },
	},
	{
		name: "domain-name", steps: []Step{StepCapabilities, StepHostname}, seen: true, outside: domainChanged,
		inside: func(m reach, _ string) error { return unix.Setdomainname([]byte(m.Mark)) },
	},
	{
		name: "host-name-by-setting", steps: []Step{StepProc, StepHostname}, seen: true, outside: hostChanged,
		inside: func(m reach, _ string) error { return os.WriteFile("/proc/sys/kernel/hostname", []byte(m.Mark), 0) },
	},
	{name: "key-of-the-session", steps: []Step{StepKeys}, inside: func(m reach, own string) error {
		return addKey(m, own, unix.KEY_SPEC_SESSION_KEYRING)
	}},
	{name: "key-of-the-user", steps: []Step{StepKeys}, inside: func(m reach, own string) error {
		return addKey(m, own, unix.KEY_SPEC_USER_KEYRING)
	}},
	{name: "keys-of-the-session", steps: []Step{StepKeys}, inside: func(reach, string) error {
		_, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, false)
		return err
	}},
}

// known makes a call that returns a number of something, or fails.
func known(call, a, b, c uintptr) error {
	_, _, e := syscall.Syscall6(call, a, b, c, 0, 0, 0)
	if errors.Is(e, syscall.ENOSYS) {
		return notHere{e}
	}
	if e != 0 {
		return e
	}
	return nil
}

// addKey adds a key to the ring, and removes it.
func addKey(m reach, own string, ring int) error {
	id, err := unix.AddKey("user", m.Mark+"-"+own, []byte("x"), ring)
	if err != nil {
		return err
	}
	_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, ring, 0, 0)
	return err
}

// reserved is a probe that makes a call for which the kernel wants a capability, and then refuses by its arguments.
func reserved(name string, do func() error) probe {
	return probe{name: name, steps: kernelOnly, inside: func(reach, string) error { return permitted(do()) }}
}

// raw makes a system call.
func raw(call uintptr, a ...uintptr) error {
	args := [6]uintptr{}
	copy(args[:], a)
	if _, _, e := syscall.Syscall6(call, args[0], args[1], args[2], args[3], args[4], args[5]); e != 0 {
		return e
	}
	return nil
}

// nowhere is the path of no file.
var nowhere = append([]byte("/no/such/file"), 0)

func address[T any](v *T) uintptr { return uintptr(unsafe.Pointer(v)) }

var kernelProbes = []probe{
	{name: "settings", steps: []Step{StepProc}, inside: func(reach, string) error {
		return changeSetting("/proc/sys")
	}},
	{name: "settings-any", steps: []Step{StepProc}, inside: func(reach, string) error {
		return writableBelow("/proc")
	}},
	{name: "kernel-file-mode", steps: []Step{StepProc}, inside: func(reach, string) error {
		return each([]string{"/proc/cpuinfo", "/proc/meminfo"}, sameMode)
	}},
	{name: "magic-key", steps: []Step{StepProc}, inside: func(reach, string) error {
		return open("/proc/sysrq-trigger", os.O_WRONLY)
	}},
	{name: "sys-any", steps: []Step{StepSys}, inside: func(reach, string) error { return writableBelow("/sys") }},
	{name: "control-group", steps: []Step{StepSys}, inside: makeGroup},
	{name: "kernel-log", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/kmsg", os.O_RDONLY)
	}},
	{name: "kernel-memory", steps: kernelOnly, inside: func(reach, string) error {
		return open("/proc/kcore", os.O_RDONLY)
	}},
	reserved("kernel-log-by-call", func() error {
		const level = 8 // SYSLOG_ACTION_CONSOLE_LEVEL, to none
		return raw(unix.SYS_SYSLOG, level, 0, 0)
	}),
	reserved("clock", func() error {
		_, err := unix.Adjtimex(&unix.Timex{Modes: unix.ADJ_TICK}) // A tick of nothing.
		return err
	}),
	reserved("time-zone", func() error {
		zone := [2]int32{1 << 20, 0} // No zone is that far.
		return raw(unix.SYS_SETTIMEOFDAY, 0, address(&zone))
	}),
	reserved("module", func() error { return raw(unix.SYS_INIT_MODULE, 0, 0, 0) }),
	reserved("module-by-file", func() error { return unix.FinitModule(-1, "", 0) }),
	reserved("other-kernel", func() error { return raw(unix.SYS_KEXEC_LOAD, 0, 1<<20, 0, 1<<20) }),
	reserved("reboot", func() error { return raw(unix.SYS_REBOOT, 0, 0, 0, 0) }),
	{name: "bpf", steps: []Step{StepCapabilities, StepBPF}, inside: func(reach, string) error {
		const next = 11 // BPF_PROG_GET_NEXT_ID
		ids := [3]uint32{}
		return permitted(raw(unix.SYS_BPF, next, address(&ids), unsafe.Sizeof(ids)))
	}},
	{name: "bpf-by-path", steps: []Step{StepBPF}, inside: func(reach, string) error { return permitted(openPinned()) }},
	reserved("performance-of-all", func() error {
		a := &unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_DUMMY}
		a.Size = uint32(unsafe.Sizeof(*a))
		fd, err := unix.PerfEventOpen(a, -1, 0, -1, unix.PERF_FLAG_FD_CLOEXEC)
		if err == nil {
			return unix.Close(fd)
		}
		return err
	}),
	reserved("ports", func() error {
		call, ok := map[string]uintptr{"amd64": 173}[runtime.GOARCH] // ioperm(2)
		if !ok {
			return syscall.ENOSYS
		}
		return raw(call, 0x80, 1, 1)
	}),
	reserved("swap", func() error { return raw(unix.SYS_SWAPON, address(&nowhere[0]), 0) }),
	reserved("accounting", func() error { return raw(unix.SYS_ACCT, address(&nowhere[0])) }),
}

// openPinned opens the BPF map at a path where there is none.
func openPinned() error {
	const get = 7 // BPF_OBJ_GET
	path := [2]uintptr{address(&nowhere[0])}
	return raw(unix.SYS_BPF, get, address(&path), unsafe.Sizeof(path))
}

// makeGroup makes a control group, and removes it.
func makeGroup(m reach, own string) error {
	all := []string{"/sys/fs/cgroup"}
	below, _ := filepath.Glob("/sys/fs/cgroup/*/cgroup.procs")
	for _, file := range below {
		all = append(all, filepath.Dir(file))
	}
	return each(all, func(at string) error {
		group := m.fresh(at, own)
		if err := os.Mkdir(group, 0o755); err != nil {
			return err
		}
		return os.Remove(group)
	})
}

var resourceProbes = []probe{
	{name: "memory-for-files", steps: []Step{StepMemory}, inside: func(m reach, _ string) error {
		return each(append([]string{os.TempDir(), "/dev", "/dev/shm", "/"}, m.Folders...), func(folder string) error {
			s := unix.Statfs_t{}
			if err := unix.Statfs(folder, &s); err != nil {
				return err
			}
			const most, mostFiles = 2 << 30, 500 << 10 // See bounds.
			size := int64(s.Blocks) * s.Bsize
			if s.Flags&unix.ST_RDONLY != 0 || s.Blocks > 0 && size <= most && s.Files > 0 && s.Files <= mostFiles {
				return fmt.Errorf("%s has %d bytes and %d files", folder, size, s.Files)
			}
			return gotOut{fmt.Errorf("%s has %d bytes and %d files", folder, size, s.Files)}
		})
	}},
	{name: "memory-for-files-in-all", steps: []Step{StepMemory}, inside: memoryInAll},
	{name: "hog-outlives", steps: []Step{StepOutOfMemory}, inside: func(m reach, _ string) error {
		hog := make([]byte, 64<<20)
		for i := 0; i < len(hog); i += 4096 {
			hog[i] = 1
		}
		score := 0
		text, err := os.ReadFile("/proc/self/oom_score")
		if err != nil {
			return err
		}
		_, _ = fmt.Sscan(string(text), &score)
		runtime.KeepAlive(hog)
		if score > m.Score+100 { // Of 2000: not by chance.
			return fmt.Errorf("the kernel would end it first: its score is %d, the machine's process has %d",
				score, m.Score)
		}
		return nil
	}},
	{name: "first-outlives", steps: []Step{StepOutOfMemory}, inside: func(m reach, _ string) error {
		if m.outside() {
			return notHere{errors.New("/proc/1 is the machine's first")}
		}
		own, first := 0, 0
		for path, to := range map[string]*int{"/proc/self/oom_score_adj": &own, "/proc/1/oom_score_adj": &first} {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			_, _ = fmt.Sscan(string(text), to)
		}
		if m.Adjusted < first && first < own {
			return fmt.Errorf("the kernel would end it after this one, and before the machine's: %d, %d, %d", own,
				first, m.Adjusted)
		}
		return nil
	}},
	{name: "out-of-memory-evaded", steps: []Step{StepProc}, inside: func(m reach, _ string) error {
		return os.WriteFile("/proc/self/oom_score_adj", []byte(strconv.Itoa(m.Adjusted)), 0)
	}},
	{name: "core-collected", steps: []Step{StepCores}, inside: coreCollected},
	{name: "many-processes", steps: []Step{StepPID}, seen: true, outside: left, inside: func(m reach, _ string) error {
		// Daemons: in sessions of their own, with no parent left.
		script := `i=0; while [ $i -lt 20 ]; do setsid sh -c 'sleep 3600; :' "$0" & i=$((i+1)); done`
		return exec.Command("sh", "-c", script, m.Mark+"-daemon").Run()
	}},
}

// coreCollected succeeds if the kernel would write a file when this process crashes, or start the program that collects
// crashes: it does neither at a limit of 1 (core(5)).
func coreCollected(reach, string) error {
	l := unix.Rlimit{}
	if err := unix.Prlimit(0, unix.RLIMIT_CORE, nil, &l); err != nil || l.Max == 0 {
		return notHere{fmt.Errorf("no byte of a core file is allowed on the machine (%w), and this user cannot "+
			"allow one", err)}
	}
	for _, try := range []func() error{
		func() error { return nil },
		func() error {
			return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY},
				nil)
		},
		func() error { return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{}, nil) },
		func() error { return raw(unix.SYS_SETRLIMIT, unix.RLIMIT_CORE, address(&unix.Rlimit{})) },
	} {
		tried := try()
		if err := unix.Prlimit(0, unix.RLIMIT_CORE, nil, &l); err != nil {
			return err
		}
		if l.Cur != 1 {
			return gotOut{fmt.Errorf("its limit is %d (%w)", l.Cur, tried)}
		}
	}
	return errors.New("its limit is 1, whatever it sets")
}

// memoryInAll succeeds if what can be written to all folders together is more than boundary.md says: twice 2 GiB, and
// what is in /dev. Folders share a file system if what is written to one is missing in the other.
func memoryInAll(m reach, own string) error {
	const most = 4<<30 + 1<<20
	free := func(folder string) int64 {
		s := unix.Statfs_t{}
		_ = unix.Statfs(folder, &s)
		return int64(s.Bfree) * s.Bsize
	}
	left, sum := append([]string{os.TempDir(), "/dev/shm", "/"}, m.Folders...), int64(0)
	for len(left) > 0 {
		here, before := left[0], map[string]int64{}
		for _, folder := range left {
			before[folder] = free(folder)
		}
		s := unix.Statfs_t{}
		path, some := m.fresh(here, own), make([]byte, 4<<20)
		if err := os.WriteFile(path, some, 0o600); errors.Is(err, unix.EROFS) || errors.Is(err, fs.ErrPermission) {
			left = left[1:]
			continue
		}
		if err := unix.Statfs(here, &s); err != nil || s.Blocks == 0 {
			return gotOut{fmt.Errorf("%s has no bound (%w)", here, err)}
		}
		sum += int64(s.Blocks) * s.Bsize
		left = slices.DeleteFunc(left, func(f string) bool {
			return f == here || before[f]-free(f) >= int64(len(some))
		})
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	if sum > most {
		return gotOut{fmt.Errorf("all together have %d bytes", sum)}
	}
	return fmt.Errorf("all together have %d bytes", sum)
}
