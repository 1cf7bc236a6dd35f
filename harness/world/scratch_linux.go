package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// upper is where what is written in a scratch world goes: memory, and gone with the world.
const upper = shm + "/scratch"

// kernels are the folders that are the kernel's own, or ours: nothing in them is a file to protect.
var kernels = []string{"/proc", "/sys", "/dev"}

// Scratch lets every process of the world write wherever it may, with nothing of it seen outside: pid files, logs, caches, sockets. What is there can be read as
// before. It returns the folders that it could not do this for, which are written to for real. It must be called before Names and Trust.
func (w *World) Scratch() (bare []string, err error) {
	if reason := w.Lacks(OwnResolvConf); reason != "" {
		return nil, fmt.Errorf("protect files: %s: %w", reason, errors.ErrUnsupported)
	}
	folders, err := filepath.Glob("/*")
	if err != nil {
		return nil, err
	}
	mounts, err := mountPoints()
	if err != nil {
		return nil, fmt.Errorf("protect files: %w", err)
	}
	for _, folder := range folders {
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() || slices.Contains(kernels, folder) {
			continue
		}
		if err := cover(folder, mounts); err != nil {
			bare = append(bare, folder)
		}
	}
	return bare, nil
}

// cover puts an overlay over the folder, and what is mounted below it back on top, covered as well.
func cover(folder string, mounts []string) error {
	below := []string{}
	for _, m := range mounts {
		if strings.HasPrefix(m, folder+"/") {
			below = append(below, m)
		}
	}
	kept := make([]*os.File, len(below))
	for i, m := range below {
		fd, err := unix.Open(m, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		kept[i] = os.NewFile(uintptr(fd), m)
		defer func() { _ = kept[i].Close() }()
	}
	if err := overlay(folder, folder); err != nil {
		return err
	}
	for i, m := range below {
		lower := fmt.Sprintf("/proc/self/fd/%d", kept[i].Fd())
		if err := overlay(lower, m); err == nil {
			continue
		}
		// A single file, or what cannot be covered, is shown as it is.
		if err := unix.Mount(lower, m, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("show %s again: %w", m, err)
		}
	}
	return nil
}

// overlay mounts, at the folder at, what lower shows, with changes kept in memory.
func overlay(lower, at string) error {
	name := strings.ReplaceAll(strings.Trim(at, "/"), "/", "-")
	changes, work := filepath.Join(upper, name), filepath.Join(upper, name+".work")
	info, err := os.Stat(lower)
	if err != nil {
		return err
	}
	for _, dir := range []string{changes, work} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	// The folder itself is seen with the mode and the owner that its upper half has.
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(changes, int(s.Uid), int(s.Gid))
	}
	if err := os.Chmod(changes, info.Mode()); err != nil {
		return err
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lower, changes, work)
	if err := unix.Mount("overlay", at, "overlay", 0, options); err == nil {
		return nil
	}
	return unix.Mount("overlay", at, "overlay", 0, options+",userxattr") // Where we are not the machine's root.
}

// mountPoints lists what is mounted below the root, parents first.
func mountPoints() ([]string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	all := []string{}
	for line := range strings.Lines(string(text)) {
		const place = 4 // proc(5): the mount point is the fifth field.
		if f := strings.Fields(line); len(f) > place {
			all = append(all, f[place])
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
