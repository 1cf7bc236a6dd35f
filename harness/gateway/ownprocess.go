package gateway

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/world"
)

// lookEvery is how often a gateway that went into the background is looked for: often enough that its end is seen
// at once, seldom enough to cost nothing.
const lookEvery = 20 * time.Millisecond

// Start starts the command as it is in the machine, with what it prints in a file in dir. It returns as soon
// as the process runs. A gateway that goes into the background lives for as long as any process of it does. The
// caller calls Stop.
func (o *Own) Start(m *world.Machine, dir string) (*Process, error) { return o.start(m, dir, nil) }

// StartWatched is Start for who wants to know which files are not there.
func (o *Own) StartWatched(m *world.Machine, dir string) (*Process, *MissingFiles, error) {
	a := &MissingFiles{}
	if strings.HasPrefix(o.Command[0], "@") {
		p, err := o.Start(m, dir) // It is no program of its own, and what it opens is known.
		return p, a, err
	}
	p, err := o.start(m, dir, a.watch)
	return p, a, err
}

// start starts the command on a thread on which before, if it is not nil, was called.
func (o *Own) start(m *world.Machine, dir string, before func() error) (*Process, error) {
	out, err := os.OpenFile(filepath.Join(dir, output), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Command[0], err)
	}
	defer func() { _ = out.Close() }()
	if err := out.Chmod(0o666); err != nil { // For workers that open /dev/stderr as another user.
		return nil, fmt.Errorf("start %s: %w", o.Command[0], err)
	}
	p := &Process{
		cmd: command(context.Background(), o.Command), exited: make(chan struct{}), left: make(chan struct{}),
		machine: m, logs: []string{out.Name()},
	}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = o.Dir, out, out
	if p.cmd.Env, err = environment(p.cmd, o.Env); err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Command[0], err)
	}
	if err := world.Start(p.cmd, world.Launch{Host: m.Host, Before: before}); err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Command[0], err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait()
		close(p.left)
		for len(m.Processes()) > 0 {
			time.Sleep(lookEvery) // Nobody tells of the end of what is not our child; the world ends this.
		}
	}()
	return p, nil
}

// Folders lists the folders that the command's words, its working folder and HOME lead to: where a gateway of the
// user's own writes that runs as the user.
func (o *Own) Folders() []string {
	all := []string{o.Dir, os.Getenv("HOME")}
	for _, word := range o.Command {
		parts := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("=:,; '\"", r) })
		for _, part := range append(parts, word) {
			if !filepath.IsAbs(part) {
				part = filepath.Join(o.Dir, part)
			}
			if info, err := os.Stat(part); err == nil && !info.IsDir() {
				part = filepath.Dir(part)
			} else if err != nil {
				continue
			}
			all = append(all, part)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(f string) bool { return !filepath.IsAbs(f) })
}

// Missing tells why the command cannot be started, or nil.
func (o *Own) Missing() error {
	name := o.Command[0]
	if strings.HasPrefix(name, "@") {
		return nil
	}
	if strings.Contains(name, "/") && !filepath.IsAbs(name) {
		name = filepath.Join(o.Dir, name)
	}
	_, err := exec.LookPath(name)
	return err
}

// Background reports whether the command has ended and left processes behind that live.
func (p *Process) Background() bool {
	select {
	case <-p.left:
		return p.Dead() == ""
	default:
		return false
	}
}

// stopAll ends every process of the machine.
func (p *Process) stopAll() {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		for _, pid := range p.machine.Processes() {
			_ = syscall.Kill(pid, s)
		}
		select {
		case <-p.exited:
			return
		case <-time.After(stopGrace):
		}
	}
}

// findLogs adds the files that the processes of the machine append to: their logs.
func (p *Process) findLogs() {
	for _, pid := range p.machine.Processes() {
		dir := filepath.Join("/proc", strconv.Itoa(pid))
		open, _ := filepath.Glob(filepath.Join(dir, "fd", "*"))
		for _, fd := range open {
			path, err := os.Readlink(fd)
			if err != nil || slices.Contains(p.logs, path) ||
				!appended(filepath.Join(dir, "fdinfo", filepath.Base(fd))) {
				continue
			}
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				p.logs = append(p.logs, path)
			}
		}
	}
}

// appended reports whether the file behind a descriptor is open for appending.
func appended(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseInt(strings.TrimSpace(value), 8, 64)
			return err == nil && flags&syscall.O_APPEND != 0
		}
	}
	return false
}
