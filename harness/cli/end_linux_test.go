package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// processes lists the processes that run the binary: every world and every gateway in it is one.
func processes(binary string) []string {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	all := []string{}
	for _, l := range links {
		if target, err := os.Readlink(l); err == nil && target == binary {
			status, _ := os.ReadFile(filepath.Join(filepath.Dir(l), "stat"))
			all = append(all, string(status))
		}
	}
	return all
}

// started is a run of the built command that has several worlds going. Its temporary folder is its own.
func started(t *testing.T, args ...string) (cmd *exec.Cmd, temp, out string) {
	t.Helper()
	temp, out = t.TempDir(), t.TempDir()
	cmd = exec.Command(
		binary(t),
		append([]string{"run", "--gateway", "builtin", "--report", out, "--workers", "4"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("it said: %s", said.String())
		}
	})
	awaited(t, "several worlds", func() bool { return len(processes(cmd.Path)) > 4 })
	return cmd, temp, out
}

// nothingLeft fails the test unless no process of the binary is left, and no folder.
func nothingLeft(t *testing.T, binary, temp string) {
	t.Helper()
	left := func() []string {
		files, err := filepath.Glob(filepath.Join(temp, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return append(files, processes(binary)...)
	}
	for deadline := time.Now().Add(time.Minute); len(left()) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got these left: %q, want no process and no folder", left())
		}
	}
}
