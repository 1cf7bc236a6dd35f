package gateway

import (
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
)

// ErrNotInstalled is wrapped by Find for a gateway whose command is not on PATH.
var ErrNotInstalled = errors.New("not installed")

// versionTimeout is generous for a program that prints one line.
const versionTimeout = 10 * time.Second

// Find tells the version of the installed gateway. The error wraps ErrNotInstalled and carries the install hint when it is not there.
func (d *Definition) Find(ctx context.Context) (version string, err error) {
	for _, argv := range [][]string{d.Command, d.Version.Command} {
		if strings.HasPrefix(argv[0], "@") {
			continue
		}
		if _, err := exec.LookPath(argv[0]); err != nil {
			return "", fmt.Errorf("%s: %w: no %s on PATH; to get it: %s", d.Name, ErrNotInstalled, argv[0], d.Install)
		}
	}
	return d.ask(ctx, d.Version.Command)
}

// VersionOf returns the version of the program, which is this gateway's, or "" if it does not say.
func (d *Definition) VersionOf(ctx context.Context, program string) string {
	argv := slices.Clone(d.Version.Command)
	if argv[0] == filepath.Base(program) {
		argv[0] = program
	}
	version, err := d.ask(ctx, argv)
	if err != nil {
		return ""
	}
	return version
}

func (d *Definition) ask(ctx context.Context, argv []string) (version string, err error) {
	pattern, err := regexp.Compile(d.Version.Pattern)
	if err != nil || pattern.NumSubexp() < 1 {
		return "", fmt.Errorf("%s: version.pattern: got %q, want a regular expression with a group (%w)", d.Name, d.Version.Pattern, err)
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := command(ctx, argv)
	cmd.WaitDelay = time.Second // What it has started may hold its output open.
	out, err := cmd.CombinedOutput()
	if m := pattern.FindSubmatch(out); m != nil {
		return string(m[1]), nil
	}
	return "", fmt.Errorf("%s: ask version: got %q (%w), want a match of %q", d.Name, strings.TrimSpace(string(out)), err, d.Version.Pattern)
}

// command makes a command of argv, whose first word may be a role of this binary.
func command(ctx context.Context, argv []string) *exec.Cmd {
	if role, ok := strings.CutPrefix(argv[0], "@"); ok {
		return self.Command(ctx, role, argv[1:]...)
	}
	return exec.CommandContext(ctx, argv[0], argv[1:]...)
}
