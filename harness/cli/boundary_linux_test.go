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

// TestOwnGatewayGetsFewVariables holds that of the caller's environment a gateway sees what everybody's programs
// need, and what was named.
func TestOwnGatewayGetsFewVariables(t *testing.T) {
	t.Setenv("CI_TOKEN", "secret-1")
	t.Setenv("APP_KEY", "named-2")
	dir := mine(t, "", "")
	cmd, said := command(
		t,
		dir,
		"survey",
		"--file",
		"-",
		"--env",
		"APP_KEY",
		"--env",
		"COLOUR=blue",
		"--",
		"sh",
		"-c",
		"echo $(env); readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2; exit 3",
	)
	_ = cmd.Run()
	// What it has open is nobody's but the world's.
	for _, want := range []string{
		"APP_KEY=named-2", "COLOUR=blue", "PATH=",
		"/dev/null | /dev/shm/gatequake/gateway.out | /dev/shm/gatequake/gateway.out",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("got %s, want %s in it", said, want)
		}
	}
	if strings.Contains(said.String(), "secret-1") {
		t.Errorf("got %s, want no variable that nobody named", said)
	}
}

// TestOwnProgramIsStartedInWorldsAlone holds that a program of the user's own is not started outside of a world, not
// even to be asked for its version.
func TestOwnProgramIsStartedInWorldsAlone(t *testing.T) {
	for name, args := range map[string][]string{
		"a file":   {"run", "--file", "gatequake.yaml", "--setting", "root/shop", "--only", "refused"},
		"a folder": {"list", "gateways", "--gateways", "theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := mine(t, `["@builtin", gateway.json]`, "[./nginx]")
			marker := filepath.Join(dir, "marker")
			for file, text := range map[string]string{
				"nginx": "#!/bin/sh\necho started >" + marker + "\necho nginx version: nginx/1.2.3\n",
				"theirs/ours/gateway.yaml": "about: a script\ncommand: [" + dir + "/nginx]\n" +
					"version: {command: [" + dir + "/nginx], pattern: 'nginx/([0-9.]+)'}\ninstall: write it\n" +
					"settings:\n  stock: {about: none, within: {at-once: 1s, resolve: 1s, connect: 1s, response: 1s}}\n",
				"theirs/ours/stock/none.conf": "",
			} {
				file = filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd, said := command(t, dir, args...)
			_ = cmd.Run()
			if _, err := os.Stat(marker); err == nil {
				t.Errorf("the program was started outside of a world; Gatequake says %s", said)
			}
			if !strings.Contains(said.String(), "1.2.3") {
				t.Errorf("got %s, want the version that the program says", said)
			}
		})
	}
}

// TestUserWritesInTheirFolderBelowRoots holds that a gateway of a user who is not root writes in the folder where it
// was started, whoever owns the folders above, and that nothing of it is seen outside.
func TestUserWritesInTheirFolderBelowRoots(t *testing.T) {
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
