package ci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// fence is a block of commands on a page; inline is one that stands in a sentence or a table; policyFence is
// the policy.
var (
	fence       = regexp.MustCompile("(?s)```sh\n(.*?)```")
	policyFence = regexp.MustCompile("(?s)```yaml\n(name: .*?)```")
	inline      = regexp.MustCompile("`gatequake ([a-z]+ [^`]+)`")
)

// longest is how many lines the README may have: a newcomer reads it to its end.
const longest = 250

func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	if n := bytes.Count(read(t, readme), []byte("\n")); n > longest {
		t.Errorf("%s: got %d lines, want %d at most; what only some need has pages of its own", readme, n, longest)
	}
}

// TestReadmeCommands runs every command of every page as it stands there. A page's reader has built bin/gatequake
// and read no other page, so each has a folder of its own. Two kinds are not run again inside a test, because CI
// runs them by themselves: make (here it must know the target) and go test (here the packages must compile).
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	total := 0
	for _, page := range allPages {
		commands, within := commandsOf(string(read(t, page)))
		total += len(commands) + len(within)
		t.Run(strings.TrimPrefix(page, "../"), func(t *testing.T) {
			t.Parallel() // Most commands wait more than they work.
			dir := another(t, dir)
			for _, c := range commands {
				t.Run(c, func(t *testing.T) { try(t, dir, c) })
			}
			// Those within sentences do not build on each other, and mostly wait.
			for _, c := range within {
				t.Run(c, func(t *testing.T) {
					t.Parallel()
					try(t, another(t, dir), c)
				})
			}
		})
	}
	const enough = 50
	if total < enough {
		t.Errorf("got %d commands on %s, want those of every section", total, allPages)
	}
}

// commandsOf returns the commands of a page: the lines of its blocks, and what stands within sentences.
func commandsOf(page string) (blocks, within []string) {
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	for _, c := range inline.FindAllStringSubmatch(page, -1) {
		within = append(within, "bin/gatequake "+c[1])
	}
	return blocks, within
}

// shared is the folder of what all tests share: the command, which is built once.
var shared string

func TestMain(m *testing.M) {
	status := 2
	defer func() { os.Exit(status) }()
	var err error
	if shared, err = os.MkdirTemp("", "gatequake-ci-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = os.RemoveAll(shared) }()
	status = m.Run()
}

// built is the folder with bin/gatequake in it.
var built = sync.OnceValues(func() (string, error) {
	build := exec.Command("go", "build", "-o", filepath.Join(shared, "bin", "gatequake"), "./harness/cmd/gatequake")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return shared, nil
})

// workshop is a folder like the one that a page's reader is in, after make build, and with a gateway of their own.
func workshop(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return another(t, dir)
}

// another is a folder with the same things in it, for reports of its own.
func another(t *testing.T, dir string) string {
	t.Helper()
	own := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "bin"), filepath.Join(own, "bin")); err != nil {
		t.Fatal(err)
	}
	furnish(t, own)
	return own
}

// furnish puts into the folder what the commands name: a gateway of the reader's own, and the policy.
func furnish(t *testing.T, dir string) {
	t.Helper()
	for to, from := range map[string]string{
		"mine/proxy":    "../fixtures/gateways/builtin", // Under another name; it is there on every machine.
		"fixtures/edge": "../fixtures/edge",
	} {
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(to)), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	// The policy that a page shows, under the name that the page's command uses.
	for _, page := range allPages {
		if policy := policyFence.FindSubmatch(read(t, page)); policy != nil {
			if err := os.WriteFile(filepath.Join(dir, "ours.yaml"), policy[1], 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("got no policy on %s, want one", allPages)
}

func goCommand(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	return cmd
}

// commandTimeout is several times what the longest command takes on two processors.
const commandTimeout = 3 * time.Minute

func try(t *testing.T, dir, line string) {
	words := strings.Fields(line)
	switch {
	case words[0] == "make":
		cmd := exec.CommandContext(t.Context(), "make", "-n", words[1])
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	case strings.Contains(line, "go test "):
		folder := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "./") })
		if out, err := goCommand(t, "..", "vet", words[folder]).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	case words[0] == "go": // about this module
		run(t, "..", line)
		return
	}
	// A gateway of the reader's own: here an nginx, which needs a world with namespaces.
	if strings.Contains(line, "fixtures/edge") {
		if _, err := exec.LookPath("nginx"); err != nil {
			t.Skip("unsupported: nginx is not installed; to get it: ci/gateways nginx")
		}
		if mode, err := world.Detect(); err != nil || mode == world.Portable {
			t.Skipf("unsupported: no namespaces here (%v)", err)
		}
	}
	if i := slices.Index(words, "--gateway"); i >= 0 {
		needs(t, words[i+1])
	}
	run(t, dir, line)
}

// needs skips the test if the gateway is a known one that is not installed here.
func needs(t *testing.T, name string) {
	t.Helper()
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if err := d.Missing(); d.Name == name && errors.Is(err, gateway.ErrNotInstalled) {
			t.Skipf("unsupported: %v", err)
		}
	}
}

func run(t *testing.T, dir, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "exec "+line)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader("exit\n")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil || out.Len() == 0 {
		t.Errorf("got %v and %d bytes of output, want exit status 0 and something to read\n%s\n%s", err, out.Len(),
			out.String(), complaint.String())
	}
}
