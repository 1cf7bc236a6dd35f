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
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// TestNobodyMakesAWorldAroundTheMachine sets by hand the variable by which Gatequake tells a process of its own that
// it is the first of a world, with whatever may be open at the two descriptors that go with it. The process has to
// say in one line that it is none, and to change nothing: no route, no mount, no setting, no file.
func TestNobodyMakesAWorldAroundTheMachine(t *testing.T) {
	if !worldtest.Machine(t, binary) {
		return
	}
	program, folder := worldtest.OnMachine("gatequake"), filepath.Join(os.TempDir(), "gatequake-existing")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kept"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	before := whatIsThere(t, folder)
	for how, flags := range map[string]uintptr{
		"as any process":                           0,
		"as the first of a PID namespace":          syscall.CLONE_NEWPID,
		"the same, with mounts of its own":         syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
		"the same, with a network of its own only": syscall.CLONE_NEWPID | syscall.CLONE_NEWNET,
		"with all of its own, and not the first":   syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
	} {
		if os.Geteuid() != 0 {
			flags |= syscall.CLONE_NEWUSER
		}
		for _, mode := range []string{"root", "user", "portable", "nonsense"} {
			for what, text := range tasks(t, folder) {
				if what == ofAnother && flags&syscall.CLONE_NEWPID != 0 && flags&syscall.CLONE_NEWNET != 0 {
					continue // Whoever goes to these lengths is believed: nothing here tells whose the mounts are.
				}
				name := fmt.Sprintf("%s, %s, %s", mode, how, what)
				cmd := exec.Command(program)
				cmd.Env = append(os.Environ(), "GATEQUAKE_WORLD="+mode)
				cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
				said := misled(t, cmd, what, text)
				line := strings.Count(said, "\n") == 1 && strings.Contains(said, "unset it")
				if status := cmd.ProcessState.ExitCode(); status != 64 || !line {
					t.Errorf("%s: got status %d and %q, want 64 and one line", name, status, said)
				}
			}
			if after := whatIsThere(t, folder); after != before {
				t.Fatalf("%s, %s: got\n%s\nwant it as before:\n%s", mode, how, after, before)
			}
		}
	}
}

// tasks are what the first descriptor may give, by what they are.
func tasks(t *testing.T, folder string) map[string]string {
	t.Helper()
	namespaces := func(of func(name string) string) map[string]string {
		return map[string]string{"pid": of("pid"), "network": of("net"), "mount": of("mnt")}
	}
	task := func(nonce, dir string, parent map[string]string) string {
		text, err := json.Marshal(
			map[string]any{"nonce": nonce, "dir": dir, "parent": parent, "request": map[string]any{}},
		)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	ours := namespaces(func(name string) string {
		link, err := os.Readlink("/proc/self/ns/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return link
	})
	return map[string]string{
		bothClosed: "", bothNull: "", "an empty pipe": "", "an empty task": "{}", "no task": "[1]",
		"half a task":                   `{"nonce":"x`,
		"a task without nonce":          task("", folder, ours),
		"a task with a folder":          task("x", folder, ours),
		"a task with a folder above":    task("x", "/", ours),
		"a task with a roundabout path": task("x", folder+"/../gatequake-existing", ours),
		ofAnother:                       task("x", folder, namespaces(func(name string) string { return name + ":[1]" })),
	}
}

const (
	bothClosed, bothNull = "both are closed", "both are /dev/null"
	// ofAnother is a task that tells of a parent whose namespaces are not those of who sends it.
	ofAnother = "a task of another parent"
)

// misled runs the command, with the text to be read at the first of the two descriptors, and returns what it says.
func misled(t *testing.T, cmd *exec.Cmd, what, text string) string {
	t.Helper()
	said := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = said, said
	if what == bothNull {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		cmd.ExtraFiles = []*os.File{null, null}
	} else if what != bothClosed {
		read, give, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, answer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = give.WriteString(text)
		give.Close()
		defer read.Close()
		defer answer.Close()
		cmd.ExtraFiles = []*os.File{read, answer}
	}
	ended := &exec.ExitError{}
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return said.String()
}

// whatIsThere lists what a world changes when it is set up.
func whatIsThere(t *testing.T, folder string) string {
	t.Helper()
	all := []string{}
	links, err := netlink.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		addresses, _ := netlink.AddrList(l, netlink.FAMILY_ALL)
		all = append(all, fmt.Sprint(l.Attrs().Name, " ", l.Attrs().Flags, " ", addresses))
	}
	// All tables, that of local addresses among them.
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_ALL, &netlink.Route{}, netlink.RT_FILTER_TABLE)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range routes {
		all = append(all, r.String())
	}
	files := []string{"/proc/self/mountinfo"}
	for _, pattern := range []string{"/proc/sys/net/ipv[46]/*", "/proc/sys/net/ipv4/conf/*/*", "/proc/sys/kernel/*"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	for _, file := range files {
		if file == "/proc/sys/kernel/ns_last_pid" {
			continue // It changes with every process.
		}
		if text, err := os.ReadFile(file); err == nil {
			all = append(all, file+"\n"+string(text))
		}
	}
	for _, dir := range []string{os.TempDir(), folder, "/dev/shm"} {
		entries, err := os.ReadDir(dir)
		all = append(all, fmt.Sprint(dir, entries, err))
	}
	return strings.Join(all, "\n")
}
