package world

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// basic are the steps without which nothing is set up. What each holds is shown where there is no world at all.
var basic = []Step{StepNetwork, StepPID, StepMount}

// TestEveryStepIsNoticed takes each step away, and holds that a probe gets out which does not while the step is
// there. It does so on a machine of its own.
//
// What two steps hold, each alone, gets out when both are gone, and does not when one is back: so each is shown to
// hold it.
func TestEveryStepIsNoticed(t *testing.T) {
	if !worldtest.Machine(t) {
		return
	}
	nobody := os.Getenv(worldtest.Nobodys) != ""
	if !nobody {
		privilege(t)
		showNetwork(t)
	}
	noticed := map[Step][]string{}
	// What only root could do elsewhere, or only another user than the one that made this machine, shows nothing here.
	blind := []Step{StepNoNewPrivileges}
	if l := (unix.Rlimit{}); unix.Getrlimit(unix.RLIMIT_CORE, &l) == nil && l.Max == 0 {
		blind = append(blind, StepCores)
	}
	for _, mode := range working(t) {
		switch {
		case mode == Root:
		case mode == User && os.Geteuid() != 0:
			blind = append(blind, StepHostname, StepNoDevices, StepDev, StepNodes, StepSys, StepNamespaceFiles)
			if errors.Is(openPinned(), unix.EPERM) {
				blind = append(blind, StepBPF) // Before Linux 5.19 the kernel itself refuses.
			}
			if nobody {
				blind = append(slices.DeleteFunc(blind, func(s Step) bool { return s == StepNoNewPrivileges }),
					StepMount)
			}
		default:
			continue // A world that root makes without root holds no less, and can show less; see asNobody.
		}
		missed(t, mode, noticed)
	}
	for _, s := range Steps() {
		t.Logf("uid %d: %-20s noticed by %s", os.Getuid(), s, strings.Join(noticed[s], ", "))
		if len(noticed[s]) == 0 && !slices.Contains(blind, s) {
			t.Errorf("%s: nothing notices when it is taken away", s)
		}
	}
	asNobody(t, t.Name())
}

// missed plays the probes in worlds of the mode that lack steps, and adds to noticed which probes notice that a step
// is gone.
func missed(t *testing.T, mode Mode, noticed map[Step][]string) {
	t.Helper()
	played := map[string]map[string]outcome{}
	outside := tryOutside(t, slices.DeleteFunc(slices.Clone(probes), func(p probe) bool {
		return !isBasic(p.holders(mode))
	}))
	for _, l := range lacks(mode) {
		played[fmt.Sprint(l.without)+l.alone] = tryProbes(t, mode, l.without, false, l.probes)
	}
	for _, p := range probes {
		holders := p.holders(mode)
		gone := outside[p.name]
		if !isBasic(holders) {
			gone = played[lackOf(p, holders)][p.name]
		}
		if !gone.Escaped {
			t.Logf("%s, uid %d: %s proves nothing here without %v: %s", mode, os.Getuid(), p.name, holders, gone)
			continue
		}
		for _, s := range holders {
			rest := slices.DeleteFunc(slices.Clone(holders), func(o Step) bool { return o == s })
			if kept := played[lackOf(p, rest)][p.name]; kept.Escaped || kept.Absent {
				t.Errorf("%s, uid %d: %s should be held by %s alone: %s", mode, os.Getuid(), p.name, s, kept)
			} else {
				t.Logf("%s, uid %d: %-28s %-20s holds it (%s); without it: %s", mode, os.Getuid(), p.name, s,
					kept.Why, gone)
			}
			noticed[s] = append(noticed[s], p.name)
		}
	}
	for _, s := range basic {
		o := Options{Mode: mode, role: escapeRole, without: []Step{s}}
		if err := Run(t.Context(), o, raid{}, nil); err == nil || !strings.Contains(err.Error(), environ) {
			t.Errorf("%s without %s: got %v, want no world", mode, s, err)
		}
	}
}

func isBasic(holders []Step) bool { return slices.Contains(basic, holders[0]) }

// lack is a world that lacks steps, with the probes to play in it.
type lack struct {
	without []Step
	alone   string // the name of the probe that has it to itself
	probes  []probe
}

func lackOf(p probe, without []Step) string {
	if p.alone {
		return fmt.Sprint(without) + p.name
	}
	return fmt.Sprint(without)
}

// lacks lists the worlds to play in: for each probe without the steps that hold it, and with one of them back.
func lacks(mode Mode) (all []lack) {
	add := func(p probe, without []Step) {
		i := slices.IndexFunc(all, func(l lack) bool { return fmt.Sprint(l.without)+l.alone == lackOf(p, without) })
		if i < 0 {
			i, all = len(all), append(all, lack{without: without})
			if p.alone {
				all[i].alone = p.name
			}
		}
		all[i].probes = append(all[i].probes, p)
	}
	for _, p := range probes {
		holders := p.holders(mode)
		if isBasic(holders) {
			add(p, []Step{})
			continue
		}
		add(p, holders)
		for _, s := range holders {
			add(p, slices.DeleteFunc(slices.Clone(holders), func(o Step) bool { return o == s }))
		}
	}
	return all
}

// privilege makes a program that has a capability by its file, mounted as one file: no overlay covers that.
func privilege(t *testing.T) {
	t.Helper()
	text := must(os.ReadFile("/bin/cat"))(t)
	for _, path := range []string{"/opt/cat", privileged} {
		if err := os.WriteFile(path, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// struct vfs_ns_cap_data, version 2: effective, and what is permitted.
	const version, effective = 0x02000000, 1
	value := [20]byte{0: effective, 3: version >> 24, 4 + unix.CAP_SYS_TIME/8: 1 << (unix.CAP_SYS_TIME % 8)}
	if err := unix.Setxattr("/opt/cat", "security.capability", value[:], 0); err != nil {
		t.Logf("no program has a capability: %v", err)
		return
	}
	if err := unix.Mount("/opt/cat", privileged, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
}

// privileged is the path of that program.
const privileged = "/srv/cat"

// networkFile is where a network of the machine's has a file, as ip-netns(8) makes one.
const networkFile = "/srv/network"

// showNetwork makes a network namespace and its file.
func showNetwork(t *testing.T) {
	t.Helper()
	err := os.WriteFile(networkFile, nil, 0o444)
	if err == nil {
		err = onLastThread(func() error {
			if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
				return err
			}
			return unix.Mount("/proc/thread-self/ns/net", networkFile, "", unix.MS_BIND, "")
		})
	}
	if err != nil {
		t.Fatalf("make a network with a file: %v", err)
	}
}

// bound are files of the odd machine over which the test mounts one of its sockets, pipes and devices, as containers
// are given some.
var bound = []string{"/srv/socket", "/srv/pipe", "/srv/device"}

// TestNothingEscapesFromAnOddMachine plays every probe on a machine of its own that has what machines have, and
// containers: folders that are mounts or single files that are, folders that no overlay covers, a socket mounted from
// elsewhere, and a /proc of which a part is hidden.
func TestNothingEscapesFromAnOddMachine(t *testing.T) {
	if !worldtest.Machine(t) {
		return
	}
	if os.Getenv(worldtest.Nobodys) == "" {
		privilege(t)
		showNetwork(t)
		makeOdd(t)
	}
	for _, mode := range working(t) {
		if mode == Portable {
			continue
		}
		nothingEscapes(t, mode, false, probes)
		if bare, err := play(t, mode, "bare"); err != nil || !slices.Contains(bare.([]any), any(uncovered)) {
			t.Errorf("%s: got bare %v, %v; want %s among them: no overlay covers it", mode, bare, err, uncovered)
		}
	}
	asNobody(t, t.Name())
}

func makeOdd(t *testing.T) {
	t.Helper()
	mount := func(from, at, kind string, flags uintptr, options string) {
		if err := os.MkdirAll(at, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := unix.Mount(from, at, kind, flags, options); err != nil {
			t.Fatalf("mount %s: %v", at, err)
		}
	}
	mount("tmpfs", "/srv/memory", "tmpfs", 0, "mode=1777")
	mount("tmpfs", "/srv/memory/deeper", "tmpfs", 0, "mode=1777")
	mount("tmpfs", "/proc/acpi", "tmpfs", unix.MS_RDONLY, "")
	mount("tmpfs", "/srv/lower", "tmpfs", 0, "mode=1777")
	lower := "/srv/lower"
	for _, at := range []string{"/srv/once", uncovered} { // The kernel lays two overlays over each other, and no third.
		for _, dir := range []string{at + ".upper", at + ".work"} {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		mount("overlay", at, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s.upper,workdir=%s.work", lower, at, at))
		lower = at
	}
	for _, file := range append(slices.Clone(bound), "/srv/file") {
		if err := os.WriteFile(file, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount("/srv/file", "/srv/file", "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
}
