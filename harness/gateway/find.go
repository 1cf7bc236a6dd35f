package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/self"
	"github.com/gatequake/gatequake/harness/world"
)

// ErrNotInstalled is wrapped by Find for a gateway whose command is not on PATH.
var ErrNotInstalled = errors.New("not installed")

// versionTimeout is generous for a program that prints one line.
const versionTimeout = 10 * time.Second

// Find tells the version of the installed gateway. The error wraps ErrNotInstalled and carries the install hint
// when it is not there.
func (d *Definition) Find(ctx context.Context) (version string, err error) {
	if err := d.Missing(); err != nil {
		return "", err
	}
	return d.Ask(ctx, d.Version.Command, "")
}

// Missing returns an error that wraps ErrNotInstalled, with the install hint, unless the gateway is there. Nothing is
// started.
func (d *Definition) Missing() error {
	for _, argv := range [][]string{d.Command, d.Version.Command} {
		if strings.HasPrefix(argv[0], "@") {
			continue
		}
		if _, err := exec.LookPath(argv[0]); err != nil {
			return fmt.Errorf("%s: %w: no %s on PATH; to get it: %s", d.Name, ErrNotInstalled, argv[0], d.Install)
		}
	}
	return nil
}

// Asking is the command that asks the program, which is this gateway's, for its version.
func (d *Definition) Asking(program string) []string {
	argv := slices.Clone(d.Version.Command)
	if argv[0] == filepath.Base(program) {
		argv[0] = program
	}
	return argv
}

// Ask starts the command in the folder dir, "" for this process's, and tells the version that it says. In a sealed
// world it is started as a gateway is; elsewhere it gets no more variables than one.
func (d *Definition) Ask(ctx context.Context, argv []string, dir string) (version string, err error) {
	pattern, err := regexp.Compile(d.Version.Pattern)
	if err != nil || pattern.NumSubexp() < 1 {
		return "", fmt.Errorf("%s: version.pattern: got %q, want a regular expression with a group (%w)", d.Name,
			d.Version.Pattern, err)
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd, said := command(ctx, argv), new(bytes.Buffer)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, said, said
	cmd.WaitDelay = time.Second // What it has started may hold its output open.
	if cmd.Env, err = environment(cmd, nil); err == nil {
		err = world.Start(cmd, world.Launch{})
	}
	if err == nil {
		err = cmd.Wait()
	}
	if m := pattern.FindSubmatch(said.Bytes()); m != nil {
		return string(m[1]), nil
	}
	return "", fmt.Errorf("%s: ask version: got %q (%w), want a match of %q", d.Name, strings.TrimSpace(said.String()),
		err, d.Version.Pattern)
}

// command makes a command of argv, whose first word may be a role of this binary.
func command(ctx context.Context, argv []string) *exec.Cmd {
	if role, ok := strings.CutPrefix(argv[0], "@"); ok {
		return self.Command(ctx, role, argv[1:]...)
	}
	return exec.CommandContext(ctx, argv[0], argv[1:]...)
}
