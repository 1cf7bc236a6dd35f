package ci

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/world"
)

// fence is a block of commands in the README; inline is one that stands in a sentence or a table; policyFence is the policy.
var (
	fence       = regexp.MustCompile("(?s)```sh\n(.*?)```")
	policyFence = regexp.MustCompile("(?s)```yaml\n(name: .*?)```")
	inline      = regexp.MustCompile("`(gatequake run [^`]+)`")
)

// TestReadmeCommands runs every command of the README as it stands there. Two kinds are not run again inside a test, because CI runs them by themselves: make
// (here it must know the target) and go test (here the packages must compile).
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	commands := []string{}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		commands = append(commands, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	if len(commands) < 10 {
		t.Fatalf("got %d commands in %s, want those of every section", len(commands), readme)
	}
	dir := workshop(t)
	for _, c := range commands {
		t.Run(c, func(t *testing.T) { try(t, dir, c) })
	}
	// Those within sentences do not build on each other, and mostly wait.
	for _, c := range inline.FindAllStringSubmatch(string(text), -1) {
		t.Run(c[1], func(t *testing.T) {
			t.Parallel()
			try(t, another(t, dir), "bin/"+c[1])
		})
	}
}

// workshop is a folder like the one that the README's reader is in, after make build, and with a gateway of his own.
func workshop(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if out, err := goCommand(t, root, "build", "-o", filepath.Join(dir, "bin", "gatequake"), "./harness/cmd/gatequake").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	// The built-in gateway's folder under another name: it is there on every machine.
	if err := os.CopyFS(filepath.Join(dir, "mine", "proxy"), os.DirFS(filepath.Join(root, "fixtures", "gateways", "builtin"))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "fixtures", "edge"), os.DirFS(filepath.Join(root, "fixtures", "edge"))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	// The policy that the README shows, under the name that its command uses.
	policy := policyFence.FindStringSubmatch(string(text))
	if policy == nil {
		t.Fatalf("%s: no policy", readme)
	}
	if err := os.WriteFile(filepath.Join(dir, "ours.yaml"), []byte(policy[1]), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// another is a folder with the same things in it, for a report of its own.
func another(t *testing.T, dir string) string {
	t.Helper()
	own := t.TempDir()
	for _, name := range []string{"bin", "mine", "ours.yaml"} {
		if err := os.Symlink(filepath.Join(dir, name), filepath.Join(own, name)); err != nil {
			t.Fatal(err)
		}
	}
	return own
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
	}
	if strings.Contains(line, "fixtures/edge") { // A gateway of the reader's own: here an nginx, which needs a world with namespaces.
		if _, err := exec.LookPath("nginx"); err != nil {
			t.Skip("unsupported: nginx is not installed; to get it: ci/gateways nginx")
		}
		if mode, err := world.Detect(); err != nil || mode == world.Portable {
			t.Skipf("unsupported: no namespaces here (%v)", err)
		}
	}
	for i, w := range words {
		if w == "--gateway" && words[i+1] != "builtin" && words[i+1] != "proxy" {
			if _, err := exec.LookPath(words[i+1]); err != nil {
				t.Skipf("unsupported: %s is not installed", words[i+1])
			}
		}
	}
	run(t, dir, line)
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
		t.Errorf("got %v and %d bytes of output, want exit status 0 and something to read\n%s\n%s", err, out.Len(), out.String(), complaint.String())
	}
}
