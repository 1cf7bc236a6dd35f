package world

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// TestPromisesAreBrokenWithoutTheirStep holds that each promise that doctor tells is kept on a machine of its own, and
// is said to be broken in a world that leaves out a step that it rests on. The three namespaces that are a step each
// have no such world; see fresh.
func TestPromisesAreBrokenWithoutTheirStep(t *testing.T) {
	if !worldtest.Machine(t) {
		return
	}
	mode := User
	rests := map[Step]string{
		StepRoot: "files", StepDev: "devices", StepCapabilities: "privileges", StepUserNamespaces: "privileges",
		StepDescriptors: "verdict",
	}
	if os.Geteuid() == 0 {
		mode, rests[StepProc], rests[StepSys] = Root, "settings", "settings" // Which nobody else could write anyway.
	}
	if !slices.Contains(working(t), mode) {
		t.Skip("unsupported: namespaces for this user")
	}
	told := func(without ...Step) map[string]string {
		all, err := promisesWithout(t.Context(), mode, without...)
		if err != nil || len(all) != len(promises) {
			t.Fatalf("without %v: got %v, %v; want %d promises", without, all, err, len(promises))
		}
		broken := map[string]string{}
		for _, p := range all {
			name, _, _ := strings.Cut(p.About, ":")
			broken[name] = p.Broken
		}
		return broken
	}
	for name, how := range told() {
		if how != "" {
			t.Errorf("%s: got broken by %s, want kept", name, how)
		}
	}
	for step, name := range rests {
		if told(step)[name] == "" {
			t.Errorf("%s: got kept without %s, want broken", name, step)
		}
	}
}
