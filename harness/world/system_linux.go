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
		if err := r.showDevice(oldRoot+"/dev/"+name, filepath.Join(dev, name)); err != nil {
			return fmt.Errorf("show /dev/%s: %w", name, err)
		}
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
		"ptmx": "pts/ptmx",
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
	if err := unix.Mount("devpts", filepath.Join(dev, "pts"), "devpts", unix.MS_NOSUID|unix.MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return fmt.Errorf("mount terminals: %w", err)
	}
	return r.memory(filepath.Join(dev, "shm"), "mode=1777", bounds, r.harmlessOnly())
}

// harmlessOnly are the flags of memory in which nothing but data is meant to be.
func (r *root) harmlessOnly() uintptr { return unix.MS_NOSUID | r.noDevices() }

// showDevice shows a device: the machine's own node, of which nobody changes anything. Whoever may can write to the
// device all the same.
func (r *root) showDevice(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	_ = f.Close()
	if err := unix.Mount(from, to, "", unix.MS_BIND, ""); err != nil || !takes(r.world.without, StepNodes) {
		return err
	}
	return freeze(to, 0)
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

// processes gives the world a /proc of its own that can be read only, and keeps another for this process, in which
// settings can be written. By its files the user root would change the kernel, whatever his capabilities: settings, the
// modes of files that every /proc shows, and which process ends first when memory runs out.
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
	if err := r.endEarly(); err != nil {
		return err
	}
	if !takes(r.world.without, StepProc) {
		return nil
	}
	if err := freeze(shown, 0); err != nil {
		return fmt.Errorf("make /proc read-only: %w", err)
	}
	return nil
}

// firstToEnd is below 1000, the most there is, which is for what the machine's owner marks so
// (proc_pid_oom_score_adj(5)). nextToEnd is for the world's first process: with it end the world's files, which are
// memory, too.
const firstToEnd, nextToEnd = 900, 800

// endEarly has the kernel end this process, and what it starts, before others when memory runs out.
func (r *root) endEarly() error {
	score := nextToEnd
	if confined.foreign {
		score = firstToEnd // The numbers of others, to tell them from this one, are not to be had.
	}
	if !takes(r.world.without, StepOutOfMemory) {
		return nil
	}
	return endAt("self", score)
}

// endAt sets how early the kernel ends the process when memory runs out. One that it would end earlier stays so.
func endAt(process string, score int) error {
	path := writableProc("/proc/" + process + "/oom_score_adj")
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read when to end: %w", err)
	}
	if has, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && has >= score {
		return nil
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(score)), 0); err != nil {
		return fmt.Errorf("set when to end: %w", err)
	}
	return nil
}

// procHandle is a /proc that only this process sees, as a descriptor; 0 before there is one.
var procHandle int

// sysctl writes a setting of the network that the calling thread is in; path begins with /proc/sys.
func sysctl(path, value string) error {
	if err := os.WriteFile(writableProc(path), []byte(value), 0); err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	return nil
}

// writableProc is where this process can write the file below /proc.
func writableProc(path string) string {
	if procHandle == 0 {
		return path
	}
	return "/proc/self/fd/" + strconv.Itoa(procHandle) + strings.TrimPrefix(path, "/proc")
}
