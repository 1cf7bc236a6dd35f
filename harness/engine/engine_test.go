package engine

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/verdict"
)

func made(ctx context.Context, m *memory, state site.State) record.Record {
	m.exited = make(chan struct{})
	return Run(ctx, m, catalog.Experiment{ID: "made", Fault: fault, State: state, Protocol: client.HTTP11})
}

// whole is what is done in an experiment that comes to its end, in order.
var whole = []string{
	"steady 1", "steady 2", "prepare", "inject", "confirm", "enter", // before
	"probe GET", "bystander", "probe POST", "bystander", "confirm", // in the fault
	"undo", "steady 2", // after
	"undo", // On every path out once more, which does nothing then.
}

// TestPhasesComeInOrder: steady, inject, confirm, probe, confirm, undo, steady.
func TestPhasesComeInOrder(t *testing.T) {
	m := &memory{}
	r := made(t.Context(), m, site.Warm)
	// Which of the two that are sent side by side is first is for the scheduler to say.
	if got := sideBySide(m.did); !slices.Equal(got, sideBySide(whole)) {
		t.Errorf("got\n%v, want\n%v", got, whole)
	}
	if r.Stopped != "" || !r.Recovered || r.Evidence != "made, and seen" || r.RecoveryMS < 0 ||
		len(r.Observations) != 4 {
		t.Errorf("got %+v, want a record of an experiment that came to its end", r)
	}
	if v := judge.Decide(r, policy.Document()); v.Result != verdict.Pass {
		t.Errorf("got %s (%s), want a pass", v.Result, v.Reason)
	}
	events := []string{}
	for _, e := range r.Events {
		events = append(events, e.What)
	}
	want := []string{
		record.EventSteady,
		record.EventInjected,
		record.EventConfirmed,
		record.EventConfirmed,
		record.EventUndone,
		record.EventSteady,
	}
	if !slices.Equal(events, want) {
		t.Errorf("got events %v, want %v", events, want)
	}
}

// sideBySide brings each probe and the bystander that is sent at the same time into one order.
func sideBySide(did []string) []string {
	all := slices.Clone(did)
	for i := 0; i+1 < len(all); i++ {
		if sent := strings.HasPrefix(all[i], "probe") || all[i] == "bystander"; sent {
			slices.Sort(all[i : i+2])
			i++
		}
	}
	return all
}

// TestUndoneOnEveryError: whatever fails, from the injection on, the fault is taken back; and the record says what it
// was.
func TestUndoneOnEveryError(t *testing.T) {
	const said = "; it last said: a line" // Nothing was observed that would say more.
	for name, c := range map[string]struct {
		fails  string
		from   int
		undone bool
		result verdict.Result
		reason string
	}{
		"never steady": {
			"steady 1", 1, false, verdict.Inconclusive, "steady 1: made to fail" + said,
		},
		"the route is never steady": {
			"steady 2", 1, false, verdict.Inconclusive, "steady 2: made to fail" + said,
		},
		"the state cannot be prepared": {"prepare", 1, false, verdict.Inconclusive, "prepare: made to fail" + said},
		"the fault cannot be injected": {
			"inject", 1, false, verdict.Inconclusive, "inject made: inject: made to fail" + said,
		},
		"it cannot be confirmed": {
			"confirm", 1, true, verdict.Inconclusive, "confirm made: confirm: made to fail" + said,
		},
		"the state cannot be entered": {"enter", 1, true, verdict.Inconclusive, "enter: made to fail" + said},
		"not confirmed after the probes": {
			"confirm", 2, true, verdict.Inconclusive, "after the probes: confirm made: confirm: made to fail",
		},
		"it cannot be undone": {"undo", 1, true, verdict.Inconclusive, "undo made: undo: made to fail"},
		"it never recovers": {
			"steady 2", 2, true, verdict.Fail,
			"steady-after: got steady 2: made to fail, want service again, with nothing restarted",
		},
		"the bystander is hurt": {
			"bystander", 1, true, verdict.Fail,
			"bystander of  /bystander: got 502 by gateway, want 200 (and 1 more)",
		},
		"the last confirmation, and worse": {"confirm", 3, true, verdict.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{fails: map[string]int{c.fails: c.from}}
			v := judge.Decide(made(t.Context(), m, site.Warm), policy.Document())
			if got := slices.Contains(m.did, "undo"); got != c.undone {
				t.Errorf("undone: got %t, want %t (%v)", got, c.undone, m.did)
			}
			if m.broken {
				t.Error("the world is left broken")
			}
			if v.Result != c.result || v.Reason != c.reason {
				t.Errorf("got %s (%s), want %s (%s)", v.Result, v.Reason, c.result, c.reason)
			}
		})
	}
}

// TestUndoLeftBrokenIsNoFail: a gateway that does not recover in a world that was not mended is not to blame.
func TestUndoLeftBrokenIsNoFail(t *testing.T) {
	m := &memory{fails: map[string]int{"steady 2": 2, "sound": 1}}
	v := judge.Decide(made(t.Context(), m, site.Warm), policy.Document())
	if v.Result != verdict.Inconclusive || v.Reason != "undo left the world broken: sound: made to fail" {
		t.Errorf("got %s (%s), want inconclusive", v.Result, v.Reason)
	}
}

// TestUndoneAtTheEndOfTheContext: the fault is taken back when the time for the experiment is over, in whatever phase.
func TestUndoneAtTheEndOfTheContext(t *testing.T) {
	for _, at := range []string{"confirm", "enter", "probe GET", "bystander", "probe POST"} {
		t.Run(at, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			m := &memory{during: func(name string) {
				if name == at {
					end()
				}
			}}
			made(ctx, m, site.Warm)
			if m.broken || !slices.Contains(m.did, "undo") {
				t.Errorf("got broken %t after %v, want it undone", m.broken, m.did)
			}
		})
	}
}

// TestADeadGatewayIsAFail: whenever it dies from the injection on, that is the gateway's fault, and nothing that
// follows from it is said besides. Before, nobody can tell.
func TestADeadGatewayIsAFail(t *testing.T) {
	for of, want := range map[string]verdict.Result{
		"steady 1": verdict.Inconclusive, "prepare": verdict.Fail, "inject": verdict.Fail, "confirm": verdict.Fail,
		"enter":     verdict.Fail,
		"probe GET": verdict.Fail, "probe POST": verdict.Fail, "bystander": verdict.Fail, "undo": verdict.Fail,
	} {
		t.Run(of, func(t *testing.T) {
			m := &memory{dies: of}
			v := judge.Decide(made(t.Context(), m, site.Warm), policy.Document())
			if v.Result != want {
				t.Errorf("got %s (%s), want %s", v.Result, v.Reason, want)
			}
			if want == verdict.Fail &&
				!strings.HasPrefix(v.Reason, "gateway-alive: got killed; it last said: a line") {
				t.Errorf("got the reason %q, want that it died first", v.Reason)
			}
			if m.broken {
				t.Error("the world is left broken")
			}
		})
	}
}

// TestAPoolIsMetUntilItIsSure: a member that is avoided at once is met as often as it takes to be sure, between the
// methods it is well again, and the sample says that nobody felt it.
func TestAPoolIsMetUntilItIsSure(t *testing.T) {
	m := &memory{}
	r := made(t.Context(), m, site.Balanced)
	if n := len(slices.DeleteFunc(slices.Clone(m.did), func(d string) bool { return d != "inject" })); n != 2 {
		t.Errorf("got %d injections, want one for each method: %v", n, m.did)
	}
	if len(r.Pool) != 2 || r.Pool[0].Requests != poolMost || r.Pool[0].Failed != poolMost ||
		r.Pool[0].EjectedAfter != -1 {
		t.Errorf("got %+v, want two samples of %d requests of which every one failed", r.Pool, poolMost)
	}
}
