package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/self"
)

// The escape suite: hostile processes, started in a world as gateways are, each of which tries one way out of it.
//
//	machine (a test)  ──makes what could be reached, and looks whether it was──┐
//	  └─ world's first process: playEscapes                                    │
//	       └─ hostile process, one for each probe: playHostile ────────────────┘
//
// See escape_probes_linux_test.go for the probes, and mutants_linux_test.go for what happens without each step.

// probe is one way out of a world.
type probe struct {
	name string
	// steps are those of which each alone holds it, as root. The three namespaces without which there is no world
	// come first.
	steps []Step
	// user are the steps in a world made without root, where they are others.
	user []Step
	// files says that each of the machine's folders needs a file for the probe to tamper with.
	files bool
	// seen says that only what the machine sees tells an escape: the hostile process may well succeed, inside.
	seen bool
	// alone wants a world to itself.
	alone bool
	// inside tries it. It returns nil if it got out, as far as it knows; notHere if the kernel does not have the way
	// at all.
	inside func(m reach, own string) error
	// outside reports whether the machine sees it, besides tampered files and what arrived; nil if that is all.
	outside func(m *machine) bool
}

// holders are the steps that hold the probe in a world of the mode.
func (p probe) holders(mode Mode) []Step {
	if mode == User && p.user != nil {
		return p.user
	}
	return p.steps
}

// notHere is the error of a way that this kernel does not have, in no world and outside of none.
type notHere struct{ error }

// gotOut is the error of a probe that got out, and says where; others return nil.
type gotOut struct{ error }

// outcome is what became of a probe.
type outcome struct {
	Name    string
	Escaped bool
	// Absent says that the way is not here.
	Absent bool
	Why    string
}

func (o outcome) String() string {
	switch {
	case o.Escaped:
		return "escaped: " + o.Why
	case o.Absent:
		return "not here: " + o.Why
	}
	return "contained: " + o.Why
}

const (
	escapeRole  = "escape"
	hostileRole = "hostile"
	// hostileEnv holds, for the hostile process, what it may reach.
	hostileEnv = "ESCAPE_REACH"
	// patience is for one probe.
	patience = 30 * time.Second
)

func init() {
	self.Role(escapeRole, func([]string) int {
		Serve(playEscapes)
		return 0
	})
	self.Role(hostileRole, playHostile)
}

// raid is what the world's first process is asked for.
type raid struct {
	Reach  reach
	Probes []string
	// Machine has the hostile processes run on the world's machine, as a gateway that somebody brings along.
	Machine bool
}

// playEscapes starts a hostile process for each probe.
func playEscapes(_ context.Context, w *World, request json.RawMessage) (any, error) {
	var r raid
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, err
	}
	l := Launch{}
	if r.Machine {
		m, err := w.NewMachine()
		if err != nil {
			return nil, err
		}
		l.Host = m.Host
	}
	start := func(cmd *exec.Cmd) error { return Start(cmd, l) }
	helper := exec.Command("sleep", "3600")
	helper.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := helper.Start(); err != nil {
		return nil, err
	}
	r.Reach.Helper = helper.Process.Pid
	defer func() {
		_ = helper.Process.Kill()
		_ = helper.Wait()
	}()
	outcomes := []outcome{}
	for _, name := range r.Probes {
		o, err := hostile(w.Dir, name, r.Reach, start)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// hostile has a process try one way out, and returns what it says of it. Its output goes to a file in dir, as a
// gateway's does.
func hostile(dir, name string, r reach, start func(*exec.Cmd) error) (o outcome, err error) {
	out, err := os.Create(filepath.Join(dir, "hostile.out"))
	if err != nil {
		return o, err
	}
	defer func() { _ = out.Close() }()
	text, err := json.Marshal(r)
	if err != nil {
		return o, err
	}
	cmd := exec.Command(r.Binary, name)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = []string{
		"GATEQUAKE_ROLE=" + hostileRole, hostileEnv + "=" + string(text),
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "GORACE=atexit_sleep_ms=0",
	}
	if err := start(cmd); err != nil {
		return o, err
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	ended := cmd.Wait()
	late.Stop()
	said, err := os.ReadFile(out.Name())
	if err != nil {
		return o, err
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if json.Unmarshal([]byte(lines[len(lines)-1]), &o) != nil {
		o.Why = fmt.Sprintf("it ended: %v: %.200s", ended, said)
	}
	o.Name = name
	return o, nil
}

// playHostile is the hostile process.
func playHostile(args []string) int {
	var r reach
	o := outcome{}
	if err := json.Unmarshal([]byte(os.Getenv(hostileEnv)), &r); err != nil {
		fmt.Println(err)
		return 1
	}
	all := append(slices.Clone(probes), endsFirst)
	i := slices.IndexFunc(all, func(p probe) bool { return p.name == args[0] })
	err := all[i].inside(r, args[0])
	absent, out := notHere{}, gotOut{}
	switch {
	case errors.As(err, &out):
		o.Escaped, o.Why = true, err.Error()
	case errors.As(err, &absent):
		o.Absent, o.Why = true, err.Error()
	case err != nil:
		o.Why = err.Error()
	default:
		o.Escaped, o.Why = true, "says the process itself"
	}
	text, _ := json.Marshal(o)
	fmt.Println(string(text))
	return 0
}

// tryProbes plays the probes in one world of the mode without these steps, and looks from outside at what became of it.
func tryProbes(t *testing.T, mode Mode, without []Step, onMachine bool, chosen []probe) map[string]outcome {
	t.Helper()
	m := newMachine(t, chosen)
	defer m.end()
	outcomes := []outcome{}
	o := Options{Mode: mode, role: escapeRole, without: without}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err := Run(ctx, o, raid{Reach: m.reach, Probes: names(chosen), Machine: onMachine}, &outcomes)
	switch {
	case err == nil:
	case len(chosen) == 1 && chosen[0].alone:
		outcomes = []outcome{{Name: chosen[0].name, Why: err.Error()}}
	default:
		t.Fatalf("%s without %v: %v", mode, without, err)
	}
	return m.judge(chosen, outcomes)
}

// tryOutside plays the probes in no world.
func tryOutside(t *testing.T, chosen []probe) map[string]outcome {
	t.Helper()
	m := newMachine(t, chosen)
	defer m.end()
	outcomes := []outcome{}
	for _, p := range chosen {
		start := func(cmd *exec.Cmd) error {
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			return cmd.Start()
		}
		o, err := hostile(m.Folder, p.name, m.reach, start)
		if err != nil {
			t.Fatalf("%s outside: %v", p.name, err)
		}
		outcomes = append(outcomes, o)
	}
	return m.judge(chosen, outcomes)
}

// judge adds what the machine sees to what the hostile processes say.
func (m *machine) judge(chosen []probe, said []outcome) map[string]outcome {
	m.t.Helper()
	m.listened()
	all := map[string]outcome{}
	for i, p := range chosen {
		o := said[i]
		if p.seen && o.Escaped {
			o.Escaped, o.Why = false, "in the world only"
		}
		if what := m.sees(p); what != "" {
			o.Escaped, o.Absent, o.Why = true, false, "outside is "+what
		}
		all[p.name] = o
	}
	return all
}

func names(all []probe) []string {
	n := make([]string, len(all))
	for i, p := range all {
		n[i] = p.name
	}
	return n
}

// TestNothingEscapes plays every probe in worlds on this machine as it is.
func TestNothingEscapes(t *testing.T) {
	if n := len(probes); n < 100 {
		t.Errorf("got %d probes, want 100", n)
	}
	for _, mode := range working(t) {
		if mode == Portable {
			nothingEscapes(t, mode, false, []probe{descriptorLeft}) // Of the boundary it has nothing but that.
			continue
		}
		nothingEscapes(t, mode, false, probes)
		nothingEscapes(t, mode, true, networkProbes)
	}
	asNobody(t, "TestNothingEscapes")
}

// nothingEscapes plays the probes in one world.
func nothingEscapes(t *testing.T, mode Mode, onMachine bool, chosen []probe) {
	t.Helper()
	outcomes := tryProbes(t, mode, nil, onMachine, chosen)
	for _, p := range chosen {
		if o := outcomes[p.name]; o.Escaped {
			t.Errorf("%s, uid %d: %s %s", mode, os.Getuid(), p.name, o)
		} else {
			t.Logf("%s, uid %d: %-28s %s", mode, os.Getuid(), p.name, o)
		}
	}
}

// endsFirst sends every signal to the world's first process. It may end it, and the world with it.
var endsFirst = probe{name: "first-ended", inside: func(reach, string) error {
	for s := syscall.Signal(1); s <= 64; s++ {
		_ = syscall.Kill(1, s)
	}
	return errors.New("sent")
}}

// TestEndOfTheFirstProcessIsNoVerdict holds that a world whose first process was ended from inside has no result.
func TestEndOfTheFirstProcessIsNoVerdict(t *testing.T) {
	for _, mode := range working(t) {
		if mode == Portable {
			continue
		}
		outcomes := []outcome{}
		r := raid{Reach: reach{Binary: must(os.Executable())(t)}, Probes: []string{endsFirst.name}}
		err := Run(t.Context(), Options{Mode: mode, role: escapeRole}, r, &outcomes)
		if err == nil || len(outcomes) > 0 {
			t.Errorf("%s: got %v and %v, want an error and no result", mode, err, outcomes)
		}
	}
}
