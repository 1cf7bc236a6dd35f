package ci

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outcome is what the command of a template printed, and its exit status.
type outcome struct {
	status int
	said   string
}

// is fails the test unless the outcome has the status and every text is in what was printed.
func (o outcome) is(t *testing.T, status int, texts ...string) {
	t.Helper()
	if o.status != status {
		t.Errorf("got status %d, want %d; it said: %s", o.status, status, o.said)
	}
	for _, text := range texts {
		if !strings.Contains(o.said, text) {
			t.Errorf("got %s, want %q in it", o.said, text)
		}
	}
}

// script runs a command of a template in the folder. The gatequake on its PATH is the one of the workshop, and
// it is in no pipeline but the one that env says.
func script(t *testing.T, workshop, folder string, command []string, env ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "env", command...) // env finds the command on the PATH below.
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(workshop, "bin")+string(os.PathListSeparator)+
		os.Getenv("PATH"), "GITHUB_ACTIONS=", "GATEQUAKE_REQUIRE=")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%q: %v", command, err)
	}
	return outcome{cmd.ProcessState.ExitCode(), string(out)}
}
