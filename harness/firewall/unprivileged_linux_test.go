package firewall_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gatequake/gatequake/harness/self"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// nobody is a user that owns nothing.
const nobody = 65534

// A world needs no root: the same verdicts, for a user without any privilege.
func TestUnprivileged(t *testing.T) {
	if os.Getuid() != 0 {
		return // then every test here is this one
	}
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(self.Path())
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "firewall.test")
	if err := os.WriteFile(binary, data, 0o755); err != nil {
		t.Fatal(err)
	}
	const name = "TestVerdictsAsADialSeesThem"
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^"+name+"$", "-test.v")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	worldtest.Passes(t, cmd, name)
}
