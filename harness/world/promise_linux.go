package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/self"
)

// tempterRole is the role of the process that tries to break the promises.
const tempterRole = "tempter"

func init() {
	self.Role(tempterRole, tempt) // Claimed first: who plays the next one starts it.
	self.Role(promisesRole, playPromises)
}

// promises in the order in which doctor tells them. Each try returns what was possible, or "".
var promises = []struct {
	about string
	try   func(parent namespaces) string
}{
	{"network: it reaches nobody outside", func(parent namespaces) string {
		return differs("net", parent.Network) + interfaces()
	}},
	{
		"processes: it sees and signals no process of the machine",
		func(parent namespaces) string { return differs("pid", parent.PID) },
	},
	{
		"files: what it writes is gone with the world",
		func(parent namespaces) string { return differs("mnt", parent.Mount) + sameRoot(parent) },
	},
	{"devices: it has none but null, zero, full, random, urandom and tty", devices},
	{"settings: it can read those of the kernel, and change none", writableSettings},
	{"privileges: it has no capability but those that boundary.md lists, and no way to another", privileges},
	{"verdict: it cannot write into the answer that Gatequake waits for", reachesAnswer},
}

// tryPromises starts the tempter and reads what it says.
func (w *World) tryPromises(ctx context.Context) ([]Promise, error) {
	parent, err := json.Marshal(w.parent)
	if err != nil {
		return nil, err
	}
	cmd, said := self.Command(ctx, tempterRole, string(parent)), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = said, said
	if err := Start(cmd, Launch{}); err != nil {
		return nil, err
	}
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	all := []Promise{}
	if err := json.Unmarshal(said.Bytes(), &all); err != nil {
		return nil, fmt.Errorf("got %q: %w", said, err)
	}
	for i := range all {
		if strings.HasPrefix(all[i].About, "files:") && len(w.readOnlyFolders) > 0 {
			all[i].About += "; in " + strings.Join(w.readOnlyFolders, ", ") + " it can only read"
		}
	}
	return all, nil
}

// tempt tries to break each promise, and says what came of it.
func tempt(args []string) int {
	var parent namespaces
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &parent) != nil {
		return 1
	}
	all := []Promise{}
	for _, p := range promises {
		all = append(all, Promise{About: p.about, Broken: p.try(parent)})
	}
	if json.NewEncoder(os.Stdout).Encode(all) != nil {
		return 1
	}
	return 0
}

// differs returns "" if this process is in another namespace than the parent.
func differs(name, parent string) string {
	if own, err := os.Readlink("/proc/self/ns/" + name); err != nil || own == parent {
		return fmt.Sprintf("its namespace %s is the machine's (%v); ", name, err)
	}
	return ""
}

func interfaces() string {
	all, err := net.Interfaces()
	if err != nil || len(all) != 1 || all[0].Flags&net.FlagLoopback == 0 {
		return fmt.Sprintf("got interfaces %v (%v), want the loopback alone", all, err)
	}
	return ""
}

// sameRoot returns "" if the root is another file system than the machine's: an overlay, or memory.
func sameRoot(parent namespaces) string {
	if own, err := rootSystem(); err != nil || own == parent.Root {
		return fmt.Sprintf("its root is the machine's (%v)", err)
	}
	return ""
}

func devices(namespaces) string {
	found := []string{}
	all, _ := filepath.Glob("/dev/*")
	for _, path := range all {
		// By what is there, not by what the folder says: a device that is mounted over a file is listed as that file.
		info, err := os.Lstat(path)
		if err == nil && info.Mode()&os.ModeDevice != 0 && !slices.Contains(harmless, filepath.Base(path)) {
			found = append(found, path)
		}
	}
	return strings.Join(found, ", ")
}

func writableSettings(namespaces) string {
	found := []string{}
	for _, path := range []string{
		"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
		"/proc/sys/vm/overcommit_memory", "/sys/kernel/mm/transparent_hugepage/enabled",
	} {
		// Nothing is written: it is enough that it could be.
		if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
			_ = f.Close()
			found = append(found, path)
		}
	}
	return strings.Join(found, ", ")
}

func privileges(namespaces) string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err.Error()
	}
	most := uint64(0)
	for _, c := range granted {
		most |= 1 << c
	}
	for line := range strings.Lines(string(status)) {
		if hex, ok := strings.CutPrefix(line, "CapEff:"); ok {
			has, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			if err != nil || has&^most != 0 {
				return fmt.Sprintf("got capabilities %#x (%v), want none beyond %#x", has, err, most)
			}
		}
	}
	if err := unix.Unshare(unix.CLONE_NEWUSER); !errors.Is(err, unix.EPERM) {
		return fmt.Sprintf("unshare a user namespace: got %v, want EPERM", err)
	}
	return ""
}

func reachesAnswer(namespaces) string {
	s := unix.Stat_t{}
	if err := unix.Fstat(answerFD, &s); err == nil && s.Mode&unix.S_IFMT == unix.S_IFIFO {
		return fmt.Sprintf("its descriptor %d is the pipe", answerFD)
	}
	// Who reads the memory knows the experiment's secret.
	for path, how := range map[string]int{
		"/proc/1/fd/" + strconv.Itoa(answerFD): os.O_WRONLY,
		"/proc/1/mem":                          os.O_RDONLY,
	} {
		if f, err := os.OpenFile(path, how, 0); err == nil {
			_ = f.Close()
			return path + " could be opened"
		}
	}
	return ""
}
