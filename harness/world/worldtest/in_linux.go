// Package worldtest runs a test of a leaf package, one that knows no experiments, in namespaces of its own.
package worldtest

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/self"
)

// inside tells the process that it is the one in the namespaces.
const inside = "GATEQUAKE_TEST_WORLD"

// In reports whether the test runs in network and user namespaces of its own, in which every address is local.
// When it does not, In runs it there, in a process of its own, and reports what became of it. Unlike a world,
// the process runs the test's parallel subtests as go test does.
func In(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		seal(t)
		return true
	}
	// The cases wait for timeouts, not for processors: all of them may run at once. And the race detector need
	// not linger for a second at the end.
	cmd := exec.CommandContext(t.Context(), self.Path(), "-test.run=^"+t.Name()+"$", "-test.v", "-test.parallel=100")
	cmd.Env = append(os.Environ(), inside+"=1", "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	Passes(t, cmd, t.Name())
	return false
}

// Passes fails the test unless cmd says that the test called name has passed; it returns all that cmd says.
func Passes(t *testing.T, cmd *exec.Cmd, name string) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) || strings.Contains(string(out), "--- SKIP: "+name) {
		t.Skipf("unsupported: namespaces for this user: got %v and\n%s", err, out)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+name) {
		t.Fatalf("run %s: got %v and\n%s", name, err, out)
	}
	return string(out)
}

// seal makes every address local.
func seal(t *testing.T) {
	t.Helper()
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(lo); errors.Is(err, os.ErrPermission) {
		t.Skipf("unsupported: the namespace is ours, but not the right to set it up: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	for _, every := range []string{"0.0.0.0/0", "::/0"} {
		_, to, _ := net.ParseCIDR(every)
		route := &netlink.Route{
			LinkIndex: lo.Attrs().Index, Dst: to, Type: unix.RTN_LOCAL, Table: unix.RT_TABLE_LOCAL,
			Scope: netlink.SCOPE_HOST,
		}
		if err := netlink.RouteAdd(route); err != nil {
			t.Fatalf("add local route %s: %v", every, err)
		}
	}
}
