package worldtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/self"
)

// onMachine tells the process that it is the first on the machine.
const onMachine = "GATEQUAKE_TEST_MACHINE"

// toCopy holds the names of the programs that are to be on the machine; they are open, from firstProgram on.
const toCopy = "GATEQUAKE_TEST_PROGRAMS"

const firstProgram = 3

// OnMachine returns where the program with the path is on the machine.
func OnMachine(path string) string { return filepath.Join(filepath.Dir(Binary), filepath.Base(path)) }

// Nobodys says in the environment that a test was started again as Nobody.
const Nobodys = "GATEQUAKE_TEST_NOBODY"

// Nobody is the uid and gid of a user who may do nothing, and whose are the folders /home/user and /srv/apps/x of the
// machine.
const Nobody = 65534

// Binary is this very binary on the machine: a program at a path, which every user can start.
const Binary = "/opt/machine.test"

// Machine reports whether the test runs on a machine of its own. When it does not, Machine runs it there, in a
// process of its own, and reports what became of it. Programs are paths of programs, asked for where the test was
// started; OnMachine tells where they are then.
//
// The machine is what a test may break. Its processes, network, IPC, names and terminal are its own; so are all
// folders in which programs write (/tmp, /var, /home, /run … and the root itself), and they are memory. The system's
// own folders can be read only. What is left of the real machine is its kernel: its settings, /sys, key rings,
// devices and clock. Root is root there, so that what a process does to these is real.
func Machine(t *testing.T, programs ...func(*testing.T) string) bool {
	t.Helper()
	if os.Getenv(onMachine) != "" && os.Getenv(Nobodys) != "" {
		return true
	}
	if os.Getenv(onMachine) != "" {
		if err := settle(); err != nil {
			t.Fatalf("make machine: %v", err)
		}
		return true
	}
	names, opened := []string{}, []*os.File{}
	for _, program := range programs {
		f, err := os.Open(program(t))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		names, opened = append(names, filepath.Base(f.Name())), append(opened, f)
	}
	ours, terminal, err := openTerminal()
	if err != nil {
		t.Fatalf("open terminal: %v", err)
	}
	defer func() { _ = ours.Close() }()
	defer func() { _ = terminal.Close() }()
	cmd := exec.CommandContext(t.Context(), self.Path(), "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), onMachine+"=1", toCopy+"="+strings.Join(names, "/"), "GORACE=atexit_sleep_ms=0")
	cmd.Stdin, cmd.ExtraFiles = terminal, opened
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid: true, Setctty: true, Pdeathsig: syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC |
			syscall.CLONE_NEWUTS,
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{
			unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_DAC_OVERRIDE, unix.CAP_KILL,
		}
	}
	t.Log(Passes(t, cmd, t.Name()))
	return false
}

// openTerminal opens a terminal: our end, and the one for a process.
func openTerminal() (ours, terminal *os.File, err error) {
	if ours, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	fd, _, e := unix.Syscall(unix.SYS_IOCTL, ours.Fd(), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if e != 0 {
		return nil, nil, e
	}
	return ours, os.NewFile(fd, "terminal"), nil
}

// store is where the machine's files are prepared; every Linux has it.
const store = "/tmp"

// settle makes the machine around this process.
func settle() error {
	for _, step := range []func() error{
		mountStore, copyPrograms, showSystem, makeFolders, ownDevices,
		moveIn, bringUp,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	// What a process puts into its session's keys is no longer put into those of who started the test.
	if _, err := unix.KeyctlJoinSessionKeyring("gatequake-machine"); err != nil && !errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("join session keyring: %w", err)
	}
	return nil
}

func mountStore() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	return memory("", "mode=755")
}

// memory mounts memory at the path of the new root.
func memory(path, options string) error {
	if err := os.MkdirAll(store+path, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", store+path, "tmpfs", 0, options); err != nil {
		return fmt.Errorf("mount memory at %s: %w", path, err)
	}
	return nil
}

func copyPrograms() error {
	if err := os.MkdirAll(filepath.Dir(store+Binary), 0o755); err != nil {
		return err
	}
	if err := copyProgram("/proc/self/exe", store+Binary); err != nil {
		return err
	}
	for i, name := range strings.FieldsFunc(os.Getenv(toCopy), func(c rune) bool { return c == '/' }) {
		if err := copyProgram(fmt.Sprintf("/proc/self/fd/%d", firstProgram+i), store+OnMachine(name)); err != nil {
			return err
		}
		if err := syscall.Close(firstProgram + i); err != nil {
			return err
		}
	}
	return nil
}

func copyProgram(path, target string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.Close()
}

// own are the top-level folders that the machine has to itself, with their modes.
var own = map[string]os.FileMode{
	"/tmp": 0o777 | os.ModeSticky, "/var": 0o755, "/home": 0o755, "/root": 0o700, "/run": 0o755,
	"/srv": 0o755, "/mnt": 0o755, "/opt": 0o755, "/dev": 0o755, "/proc": 0o555,
}

// showSystem shows the other top-level folders: readable, but for /sys, which is the kernel's.
func showSystem() error {
	all, err := os.ReadDir("/")
	if err != nil {
		return err
	}
	for _, e := range all {
		path := "/" + e.Name()
		if _, is := own[path]; is || !e.IsDir() && e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		if target, err := os.Readlink(path); err == nil {
			if err := os.Symlink(target, store+path); err != nil {
				return err
			}
			continue
		}
		if err := os.Mkdir(store+path, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(path, store+path, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("show %s: %w", path, err)
		}
		if path == "/sys" {
			continue
		}
		readable := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
		if err := unix.MountSetattr(unix.AT_FDCWD, store+path, unix.AT_RECURSIVE, readable); err != nil {
			return fmt.Errorf("make %s read-only: %w", path, err)
		}
	}
	return nil
}

func makeFolders() error {
	for path, mode := range own {
		if err := os.MkdirAll(store+path, 0o755); err != nil {
			return err
		}
		if err := os.Chmod(store+path, mode); err != nil {
			return err
		}
	}
	for _, path := range []string{"/var/tmp", "/home/user", "/srv/apps/x"} {
		if err := os.MkdirAll(store+path, 0o755); err != nil {
			return err
		}
		_ = os.Chown(store+path, Nobody, Nobody) // Without root there is one user, whose they are.
	}
	if err := os.Chmod(store+"/var/tmp", own["/tmp"]); err != nil {
		return err
	}
	if err := unix.Mount("proc", store+"/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

// ownDevices makes a /dev in which nothing can be changed on the machine's: it has the usual devices, and all disks.
func ownDevices() error {
	if err := memory("/dev", "mode=755"); err != nil {
		return err
	}
	all, err := os.ReadDir("/dev")
	if err != nil {
		return err
	}
	usual := []string{"null", "zero", "full", "random", "urandom", "tty", "kmsg", "mem"}
	for _, e := range all {
		disk := e.Type()&fs.ModeDevice != 0 && e.Type()&fs.ModeCharDevice == 0
		if !disk && !slices.Contains(usual, e.Name()) {
			continue
		}
		if err := os.WriteFile(store+"/dev/"+e.Name(), nil, 0o644); err != nil {
			return err
		}
		if err := unix.Mount("/dev/"+e.Name(), store+"/dev/"+e.Name(), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("show /dev/%s: %w", e.Name(), err)
		}
	}
	if err := os.Symlink("/proc/self/fd", store+"/dev/fd"); err != nil {
		return err
	}
	if err := os.Mkdir(store+"/dev/pts", 0o755); err != nil {
		return err
	}
	if err := unix.Mount("/dev/pts", store+"/dev/pts", "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("show terminals: %w", err)
	}
	return memory("/dev/shm", "mode=1777")
}

// moveIn leaves the real machine's files.
func moveIn() error {
	if err := os.Chdir(store); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the real machine's files: %w", err)
	}
	return os.Chdir("/")
}

func bringUp() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return err
	}
	// It is not on the loopback's network, as others would reach it by.
	only := &net.IPNet{IP: net.IPv4(192, 0, 2, 9).To4(), Mask: net.CIDRMask(32, 32)}
	return netlink.AddrAdd(lo, &netlink.Addr{IPNet: only})
}
