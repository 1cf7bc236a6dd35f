// Package self starts this very binary again in another role: a gateway, an upstream that can be killed, the
// first process of a world.
//
//	gatequake (or any test binary) ──fork, exec /proc/self/exe──> the same binary, role NAME
//
// A role is claimed by the package that plays it, when that package is initialised, so it works in every binary
// that imports the package: the command line tool, a Ginkgo suite, a user's own go test.
package self

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/gatequake/gatequake/harness/self/playing"
)

var roles = map[string]bool{}

// Role claims name: in a process that Command started for it, Role runs play with the arguments of the command
// and exits with the status it returns; in every other process it only notes the name. It panics when two packages
// claim one name.
//
// Call it from init, after everything play uses: packages that import the caller are not initialised yet when
// play runs.
func Role(name string, play func(args []string) int) {
	if roles[name] {
		panic(fmt.Sprintf("self: role %q is claimed twice", name))
	}
	roles[name] = true
	if os.Getenv(playing.Environ) == name {
		// A process that the role starts in turn must not believe that the role is its own.
		_ = os.Unsetenv(playing.Environ)
		os.Exit(play(os.Args[1:]))
	}
}

// Command returns a command, not yet started, that runs this binary in the role name with args. The context ends
// it as in exec.CommandContext. It panics when no package claimed the role.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	if !roles[name] {
		panic(fmt.Sprintf("self: no package claims the role %q", name))
	}
	cmd := exec.CommandContext(ctx, Path(), args...)
	cmd.Env = append(os.Environ(), playing.Environ+"="+name)
	return cmd
}

// Path returns a path at which this binary can be executed, also when the file was replaced or removed since
// (Linux), or the path it was started from where the system has nothing better.
func Path() string {
	const link = "/proc/self/exe"
	if _, err := os.Stat(link); err == nil {
		return link
	}
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}
