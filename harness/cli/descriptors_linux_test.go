package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// limited runs the built command with a limit of descriptors, as `ulimit` sets it.
func limited(t *testing.T, ulimit string, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(
		"sh",
		append([]string{"-c", "ulimit " + ulimit + ` && exec "$0" "$@"`, binary(t)}, args...)...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), complaint.String()}
}

// TestFewDescriptorsAreSaidBefore: with so few, a world would be short of them, and what it lacks would look like the
// gateway's fault.
func TestFewDescriptorsAreSaidBefore(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 40, 127} {
		o := limited(
			t,
			fmt.Sprint("-n ", n),
			"run",
			"--gateway",
			"builtin",
			"--setting",
			"document",
			"--only",
			"refused,ip-deny",
			"--report",
			t.TempDir(),
		)
		o.is(
			t,
			statusUnclear,
			fmt.Sprintf(
				"nothing ran: got %d descriptors that a process may open, want 128 or more; raise the limit: ulimit -n 1024\n",
				n,
			),
		)
		if o.out != "" || strings.Count(o.err, "\n") != 1 {
			t.Errorf("%d: got %q and %q, want one line", n, o.out, o.err)
		}
	}
}

// TestWorldsAreAsManyAsThereAreDescriptors: with the default number of workers nothing is lost to the limit.
func TestWorldsAreAsManyAsThereAreDescriptors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := limited(
		t,
		"-n 128",
		"run",
		"--gateway",
		"builtin",
		"--setting",
		"document",
		"--cause",
		"block",
		"--report",
		dir,
	)
	doc, err := os.ReadFile(filepath.Join(dir, report.ResultsFile))
	if err != nil {
		t.Fatalf("%v: %s", err, o.err)
	}
	valid(t, doc)
	var got struct{ Experiments []verdict.Verdict }
	if err := json.Unmarshal(doc, &got); err != nil || len(got.Experiments) < 20 {
		t.Fatalf("got %d experiments (%v), want more than there are worlds at a time", len(got.Experiments), err)
	}
	for _, v := range got.Experiments {
		if v.Lacked || v.Again != "" && strings.Contains(v.Again, "too many open files") || v.Result == verdict.Fail {
			t.Errorf("%s: got %s (%s; %s), want nothing short of descriptors", v.ID, v.Result, v.Reason, v.Again)
		}
	}
}

// TestAGatewayGetsTheLimitOfWhoStartedUs: Go raises its own, and that of a server with many connections is the user's
// to say.
func TestAGatewayGetsTheLimitOfWhoStartedUs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"tells/gateway.yaml": `about: one that tells how many descriptors it may open
command: [sh, "{{.Dir}}/gateway.sh"]
version: {command: [echo, 1.2.3], pattern: '([0-9.]+)'}
install: it is part of the tests
settings:
  document: {about: the only one, within: {resolve: 1s, connect: 1s, response: 1s}}
`,
		"tells/document/gateway.sh": "echo soft $(ulimit -Sn)\nexit 3\n",
	} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	limited(
		t,
		"-Sn 333",
		"run",
		"--gateways",
		folder,
		"--gateway",
		"tells",
		"--only",
		"refused",
		"--report",
		t.TempDir(),
	).
		is(
			t,
			statusUnclear,
			"soft 333",
		)
}
