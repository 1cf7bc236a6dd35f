package world

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// The world's files. Every program of the machine and every file is there and can be read as before; what is written
// goes to memory, and is gone with the world.
//
//	/          of the world   an overlay: below what the machine has, above it what the world has written
//	/dev       of the world   the harmless devices only, terminals and shared memory of its own
//	/proc      of the world   its own processes and the kernel's settings; can be read
//	/sys       the machine's  can be read
//
// What is mounted below / is covered in the same way, one overlay each. What cannot be covered (a file system that no
// overlay takes) can be read only.
const (
	// store is a folder that every Linux has; while the world is made, memory is mounted over it in which all
	// is prepared.
	store = "/tmp"
	// bounds are of what a process of the world can write, once to the store and once to /dev/shm, bytes and files: far
	// more than any gateway writes in an experiment, far less than a machine has.
	bounds = "size=2g,nr_inodes=500k"
	// The folders in it: the machine's root, the world's, and what is written over each folder.
	oldRoot, newRoot, uppers = "/old", "/new", "/upper"
)

// kernels are the folders that are no files of the machine's: the world has its own view of them.
var kernels = []string{"/proc", "/sys", "/dev"}

// root builds the world's files.
type root struct {
	world    *World
	mounts   []string // mount points of the machine, parents first
	writable []string // see task.Writable
	count    int      // of uppers
}

// enclose gives the world its own view of files, devices and processes: nothing mounted or written here is seen
// outside.
func (w *World) enclose(t task) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		here = "/" // It is gone.
	}
	r := &root{world: w, writable: append(t.Writable, os.TempDir(), "/var/tmp")}
	w.without, w.parent = t.Without, t.Parent
	if r.mounts, err = mountPoints(); err != nil {
		return fmt.Errorf("list mounts: %w", err)
	}
	for _, step := range []func() error{r.openStore, r.files, r.devices, r.system, r.processes, r.enter} {
		if err := step(); err != nil {
			return err
		}
	}
	_ = os.Chdir(here) // Where it cannot be entered, nobody asks for it by a relative path.
	w.Dir = filepath.Join(shm, "gatequake")
	return os.Mkdir(w.Dir, 0o755)
}

// openStore makes the memory in which all is prepared the root, with the machine's below it: what is mounted at store
// is out of the way of what the machine has there.
func (r *root) openStore() error {
	if err := r.memory(store, "mode=755", bounds, unix.MS_NOSUID|unix.MS_NODEV); err != nil {
		return err
	}
	for _, dir := range []string{oldRoot, newRoot, uppers} {
		if err := os.Mkdir(filepath.Join(store, dir), 0o755); err != nil {
			return err
		}
	}
	if err := unix.PivotRoot(store, filepath.Join(store, oldRoot)); err != nil {
		return fmt.Errorf("pivot root: %w", err)
	}
	return os.Chdir("/")
}

// memory mounts memory.
func (r *root) memory(at, mode, bounds string, flags uintptr) error {
	if !takes(r.world.without, StepMemory) {
		bounds = "size=0,nr_inodes=0" // None.
	}
	if err := unix.Mount("tmpfs", at, "tmpfs", flags, mode+","+bounds); err != nil {
		return fmt.Errorf("mount %s: %w", strings.TrimPrefix(at, newRoot), err)
	}
	return nil
}

// files shows the machine's files.
func (r *root) files() error {
	if !takes(r.world.without, StepRoot) {
		return bind(oldRoot, newRoot)
	}
	// Where no overlay is mounted over it, this is the root: a folder of the store, whose memory it shares.
	if err := bind(newRoot, newRoot); err != nil {
		return err
	}
	return r.cover("/")
}

// cover shows the folder with what is mounted below it, all of it covered.
func (r *root) cover(path string) error {
	below := r.below(path)
	if r.overlay(path) == nil {
		for _, m := range below {
			if slices.ContainsFunc(below, func(other string) bool { return strings.HasPrefix(m, other+"/") }) {
				continue // It is covered with the one above it.
			}
			if err := r.show(m); err != nil {
				return err
			}
		}
		return nil
	}
	if len(below) == 0 && path != "/" {
		return r.readOnly(path)
	}
	// Without root a folder with mounts below cannot be covered as one: the kernel lets nobody see what they hide.
	entries, err := os.ReadDir(oldRoot + path)
	if err != nil {
		return r.readOnly(path)
	}
	if err := copyMode(oldRoot+path, newRoot+path); err != nil {
		return err
	}
	for _, e := range entries {
		if err := r.show(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// below lists the mount points below the path, but for the kernel's own.
func (r *root) below(path string) (all []string) {
	for _, m := range r.mounts {
		if m != path && within(m, path) && !slices.ContainsFunc(kernels, func(k string) bool { return within(m, k) }) {
			all = append(all, m)
		}
	}
	return all
}

// within reports whether the path is the folder or something in it.
func within(path, folder string) bool {
	return folder == "/" || path == folder || strings.HasPrefix(path, folder+"/")
}

// show shows what is at the path, which may be anything.
func (r *root) show(path string) error {
	if slices.Contains(kernels, path) {
		return nil
	}
	info, err := os.Lstat(oldRoot + path)
	if err != nil {
		return nil // It has gone, or this user does not see it.
	}
	to := newRoot + path
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(oldRoot + path)
		if err != nil {
			return nil
		}
		if err := os.Symlink(target, to); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	case info.IsDir():
		if err := os.Mkdir(to, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return r.cover(path)
	case takes(r.world.without, StepNamespaceFiles) && isNamespace(oldRoot+path):
		return nil // It leads outside: the capabilities of root count there.
	case info.Mode().IsRegular():
		if f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err == nil {
			_ = f.Close()
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
		return r.readOnly(path)
	}
	return nil // Sockets, pipes and devices lead outside.
}

// isNamespace reports whether the file stands for a namespace: ip-netns(8) and container engines keep theirs so.
func isNamespace(path string) bool {
	s := unix.Statfs_t{}
	return unix.Statfs(path, &s) == nil && s.Type == unix.NSFS_MAGIC
}

// readOnly shows what is at the path as it is, and lets nobody change it.
func (r *root) readOnly(path string) error {
	if err := bind(oldRoot+path, newRoot+path); err != nil {
		return fmt.Errorf("show %s: %w", path, err)
	}
	if err := freeze(newRoot+path, r.noDevices()); err != nil {
		return fmt.Errorf("show %s: %w", path, err)
	}
	if info, err := os.Stat(newRoot + path); err == nil && info.IsDir() {
		r.world.readOnlyFolders = append(r.world.readOnlyFolders, path)
	}
	return nil
}

// overlay covers one folder.
func (r *root) overlay(path string) error {
	r.count++
	changes := filepath.Join(uppers, strconv.Itoa(r.count))
	work := changes + ".work"
	if err := copyMode(oldRoot+path, changes); err != nil {
		return err
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	if r.world.Mode == User {
		r.lead(path, changes)
	}
	flags := r.noDevices()
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", oldRoot+path, changes, work)
	if err := unix.Mount("overlay", newRoot+path, "overlay", flags, options); err == nil {
		return nil
	}
	// Where this is not the machine's root.
	return unix.Mount("overlay", newRoot+path, "overlay", flags, options+",userxattr")
}

// noDevices is the flag of a mount on which no device can be opened.
func (r *root) noDevices() uintptr {
	if takes(r.world.without, StepNoDevices) {
		return unix.MS_NODEV
	}
	return 0
}

// lead makes the way to every writable folder below path: the folders above it that belong to somebody whom a world
// without root does not know. The kernel would have to copy them before anything is written below them, and could not
// give the copy to its owner (EOVERFLOW).
func (r *root) lead(path, changes string) {
	for _, folder := range r.writable {
		if real, err := filepath.EvalSymlinks(oldRoot + folder); err == nil {
			folder = strings.TrimPrefix(real, oldRoot)
		}
		if !within(folder, path) || slices.ContainsFunc(r.below(path),
			func(m string) bool { return within(folder, m) }) {
			continue
		}
		rest, err := filepath.Rel(path, folder)
		if err != nil || rest == "." {
			continue
		}
		at := ""
		for name := range strings.SplitSeq(rest, "/") {
			at = filepath.Join(at, name)
			if copyMode(filepath.Join(oldRoot, path, at), filepath.Join(changes, at)) != nil {
				break
			}
		}
	}
}

// copyMode makes the folder to, if there is none, with the mode and, as far as may be, the owner of the folder from.
func copyMode(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(to, int(s.Uid), int(s.Gid))
	}
	return os.Chmod(to, info.Mode())
}

// enter makes what was built the root. Nothing of the machine's is left in sight.
func (r *root) enter() error {
	if err := os.Chdir(newRoot); err != nil {
		return err
	}
	// pivot_root(2), "pivot_root(".", ".")": the old root ends up below the new one, at the same place.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the old root: %w", err)
	}
	return os.Chdir("/")
}

// bind shows from at to as well, with all that is mounted below.
func bind(from, to string) error { return unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, "") }

// freeze makes what is mounted at the path, and below it, read-only, and adds the flag of noDevices.
func freeze(path string, devices uintptr) error {
	attributes := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if devices != 0 {
		attributes.Attr_set |= unix.MOUNT_ATTR_NODEV
	}
	err := unix.MountSetattr(unix.AT_FDCWD, path, unix.AT_RECURSIVE, attributes)
	if !errors.Is(err, unix.ENOSYS) {
		return err
	}
	// Before Linux 5.12: one mount, whose other flags must be said again.
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return err
	}
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME |
		unix.MS_RELATIME
	return unix.Mount("", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|devices|uintptr(s.Flags)&flags, "")
}

// mountPoints lists what is mounted below the root, parents first.
func mountPoints() ([]string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	all := []string{}
	for line := range strings.Lines(string(text)) {
		const place = 4 // proc(5): the mount point is the fifth field, with \040 for a blank.
		if f := strings.Fields(line); len(f) > place {
			all = append(all, strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).
				Replace(f[place]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
