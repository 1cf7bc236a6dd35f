package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/world"
)

// mine is a folder with the built-in gateway as one of the user's own, its file changed.
func mine(t *testing.T, old, instead string) (dir string) {
	t.Helper()
	if mode, err := world.Detect(); err != nil || mode == world.Portable {
		t.Skipf("unsupported: a gateway with its own configuration needs namespaces: %v", err)
	}
	dir = t.TempDir()
	for _, name := range []string{"gateway.json", "gatequake.yaml"} {
		text, err := os.ReadFile(filepath.Join("../runner/testdata/own", name))
		if err != nil {
			t.Fatal(err)
		}
		if changed := strings.Replace(string(text), old, instead, 1); name == "gatequake.yaml" && old != "" {
			if changed == string(text) {
				t.Fatalf("got no %q in %s", old, name)
			}
			text = []byte(changed)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command is the built command in the folder, which it has for its temporary files, too.
func command(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	cmd, said = exec.Command(binary(t), args...), new(bytes.Buffer)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, said, said
	return cmd, said
}

// TestInterruptOfAnOwnGateway ends a survey, the survey before a run, the look at the machine before one, and a run:
// nothing may be left, and no half of a file.
func TestInterruptOfAnOwnGateway(t *testing.T) {
	t.Parallel()
	partial := filepath.Join("report", report.PartialFile)
	for name, c := range map[string]struct {
		args  []string
		until string // this file is there; a world, if empty
		left  []string
	}{
		"survey":              {[]string{"survey", "--file", "new.yaml", "--", "sleep", "60"}, "", nil},
		"survey before a run": {[]string{"run", "--", "sleep", "60"}, "", nil},
		"before a run": {
			[]string{
				"run", "--file", "gatequake.yaml", "--setting", "root/shop", "--only", "deadlock", "--repeat", "4",
			},
			"", nil,
		},
		"run": {
			[]string{
				"run", "--file", "gatequake.yaml", "--setting", "root/shop", "--only", "deadlock", "--repeat", "4",
			},
			partial,
			[]string{report.ResultsFile},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, temp := mine(t, "", ""), t.TempDir()
			cmd, said := command(t, dir, c.args...)
			cmd.Env = append(os.Environ(), "TMPDIR="+temp)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			awaited(t, "that it is under way", func() bool {
				_, err := os.Stat(filepath.Join(dir, c.until))
				return err == nil && (c.until != "" || len(processes(cmd.Path)) > 1)
			})
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != statusInterrupted {
				t.Errorf("got %s, want status %d: %s", cmd.ProcessState, statusInterrupted, said)
			}
			nothingLeft(t, cmd.Path, temp)
			for _, name := range c.left {
				if _, err := os.Stat(filepath.Join(dir, "report", name)); err != nil {
					t.Errorf("got %v, want %s", err, name)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "new.yaml")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("got %v, want no file of a survey that did not end", err)
			}
		})
	}
}
