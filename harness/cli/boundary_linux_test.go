package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gatequake/gatequake/harness/world"
)

// nobody is a user without rights; 65534 on every Linux (/proc/sys/kernel/overflowuid).
const nobody = 65534

// TestUserWritesInTheirFolderBelowRoots holds that a gateway of a user who is not root writes in the folder where it
// was started, whoever owns the folders above, and that nothing of it is seen outside.
func TestUserWritesInTheirFolderBelowRoots(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("unsupported: only root can make a folder of somebody else's")
	}
	if _, err := world.Detect(); err != nil {
		t.Skipf("unsupported: %v", err)
	}
	roots, err := os.MkdirTemp(
		"/var",
		"gatequake-test-",
	) // Not in the folder for temporary files, in which everybody may write.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(roots) })
	theirs := filepath.Join(roots, "apps", "x")
	program := filepath.Join(roots, "gatequake")
	text, err := os.ReadFile(binary(t))
	for _, step := range []func() error{
		func() error { return err },
		func() error { return os.Chmod(roots, 0o755) },
		func() error { return os.MkdirAll(theirs, 0o755) },
		func() error { return os.Chown(theirs, nobody, nobody) },
		func() error { return os.WriteFile(program, text, 0o755) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(
		program,
		"survey",
		"--file",
		"-",
		"--",
		"sh",
		"-c",
		"echo written >pid && cat pid; touch "+theirs+"/log /var/tmp/gatequake-test && echo touched; exit 3",
	)
	cmd.Dir, cmd.Env = theirs, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := cmd.CombinedOutput()
	if strings.Contains(string(said), "needs a world with namespaces") {
		t.Skipf("unsupported: namespaces for who is not root: %s", said)
	}
	if !strings.Contains(string(said), "it last said: written | touched") {
		t.Errorf("got %s (%v), want what the gateway wrote and read", said, err)
	}
	for _, file := range []string{theirs + "/pid", theirs + "/log", "/var/tmp/gatequake-test"} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("got %s outside the world, want no such file", file)
		}
	}
}
