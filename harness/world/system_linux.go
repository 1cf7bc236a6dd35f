package world

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// harmless are the devices of a world: they hold nothing, and lead nowhere. The terminal is the caller's, of a world
// with a shell; the others have none (see StepSession).
var harmless = []string{"null", "zero", "full", "random", "urandom", "tty"}

// devices gives the world its own /dev: terminals and shared memory that are nobody else's, so that a gateway does
// not meet the segments of another world either.
func (r *root) devices() error {
	dev := newRoot + "/dev"
	if err := os.Mkdir(dev, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if !takes(r.world.without, StepDev) {
		if err := bind(oldRoot+"/dev", dev); err != nil {
			return err
		}
		return r.memory(newRoot+shm, "mode=1777", bounds, r.harmlessOnly())
	}
	if err := r.memory(dev, "mode=755", "size=1m,nr_inodes=1k", r.harmlessOnly()); err != nil {
		return err
	}
	for _, name := range harmless {
		if err := showDevice(oldRoot+"/dev/"+name, filepath.Join(dev, name)); err != nil {
			return fmt.Errorf("show /dev/%s: %w", name, err)
		}
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx",
	} {
		if err := os.Symlink(target, filepath.Join(dev, name)); err != nil {
			return err
		}
	}
	for _, name := range []string{"pts", "shm"} {
		if err := os.Mkdir(filepath.Join(dev, name), 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("devpts", filepath.Join(dev, "pts"), "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return fmt.Errorf("mount terminals: %w", err)
	}
	return r.memory(filepath.Join(dev, "shm"), "mode=1777", bounds, r.harmlessOnly())
}

// harmlessOnly are the flags of memory in which nothing but data is meant to be.
func (r *root) harmlessOnly() uintptr { return unix.MS_NOSUID | r.noDevices() }

func showDevice(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	_ = f.Close()
	return unix.Mount(from, to, "", unix.MS_BIND, "")
}

// system shows /sys.
func (r *root) system() error {
	if err := os.Mkdir(newRoot+"/sys", 0o555); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := bind(oldRoot+"/sys", newRoot+"/sys"); err != nil {
		return fmt.Errorf("show /sys: %w", err)
	}
	if !takes(r.world.without, StepSys) {
		return nil
	}
	if err := freeze(newRoot+"/sys", 0); err != nil {
		return fmt.Errorf("make /sys read-only: %w", err)
	}
	return nil
}

// processes gives the world a /proc of its own, and keeps another for this process, in which settings can be written.
func (r *root) processes() error {
	const writable, shown = "/proc", newRoot + "/proc" // The first is of the store.
	for _, at := range []string{writable, shown} {
		if err := os.Mkdir(at, 0o555); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := unix.Mount("proc", at, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err == nil {
			continue
		}
		// A container that hides parts of /proc forbids a fresh one. The old one then shows the processes of outside.
		confined.foreign = true
		if err := bind(oldRoot+"/proc", at); err != nil {
			return fmt.Errorf("show /proc: %w", err)
		}
	}
	fd, err := unix.Open(writable, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("keep /proc: %w", err)
	}
	procHandle = fd
	if confined.foreign {
		return r.foreign(shown)
	}
	if !takes(r.world.without, StepProc) {
		return nil
	}
	return freezeSettings(shown)
}

// foreign does what can be done where the world has the machine's /proc: no signal reaches the processes that it shows,
// but each has files there that its user may write.
func (r *root) foreign(shown string) error {
	if takes(r.world.without, StepOutOfMemory) {
		// For this process and all that it starts: the numbers of others are not to be had.
		if err := os.WriteFile("/proc/self/oom_score_adj", []byte(firstToEnd), 0); err != nil {
			return fmt.Errorf("be the first to end: %w", err)
		}
	}
	if !takes(r.world.without, StepProc) {
		return nil
	}
	if err := freeze(shown, 0); err != nil {
		return fmt.Errorf("make /proc read-only: %w", err)
	}
	return nil
}

// freezeSettings makes read-only what in /proc is no process: by its files the user root changes the kernel, whatever his
// capabilities.
func freezeSettings(proc string) error {
	all, err := os.ReadDir(proc)
	if err != nil {
		return err
	}
	for _, e := range all {
		at := filepath.Join(proc, e.Name())
		info, err := os.Lstat(at)
		if _, word := strconv.Atoi(e.Name()); err != nil || word == nil {
			continue // It is a process, or gone.
		}
		if writable := info.Mode().IsRegular() && info.Mode()&0o222 != 0; !e.IsDir() && !writable {
			continue
		}
		if err := bind(at, at); err != nil {
			return fmt.Errorf("make /proc/%s read-only: %w", e.Name(), err)
		}
		if err := freeze(at, 0); err != nil {
			return fmt.Errorf("make /proc/%s read-only: %w", e.Name(), err)
		}
	}
	return nil
}

// procHandle is a /proc that only this process sees, as a descriptor; 0 before there is one.
var procHandle int

// sysctl writes a setting of the network that the calling thread is in; path begins with /proc/sys.
func sysctl(path, value string) error {
	own := path
	if procHandle > 0 {
		own = "/proc/self/fd/" + strconv.Itoa(procHandle) + strings.TrimPrefix(path, "/proc")
	}
	if err := os.WriteFile(own, []byte(value), 0); err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	return nil
}
