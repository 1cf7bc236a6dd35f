package runner

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// machine stands in for worlds: what comes of each job, by the number of times that it was run.
type machine struct {
	says func(j Job, times int) verdict.Verdict

	mu    sync.Mutex
	times map[string]int
	now   int
	most  int            // worlds at a time, at most
	most2 map[string]int // worlds at a time while a job was run for the second time
}

func (m *machine) one(_ context.Context, j Job, _ Options) verdict.Verdict {
	key := columnKey(j) + " " + j.Experiment
	m.mu.Lock()
	m.times[key]++
	times := m.times[key]
	m.now++
	m.most = max(m.most, m.now)
	if times > 1 {
		m.most2[key] = max(m.most2[key], m.now)
	}
	m.mu.Unlock()
	time.Sleep(2 * time.Millisecond) // So that worlds overlap if they may.
	m.mu.Lock()
	m.now--
	m.mu.Unlock()
	v := m.says(j, times)
	v.ID, v.Gateway, v.Setting = j.Experiment, j.Gateway.Name, j.Setting
	return v
}

// on runs the jobs on the machine, and returns the verdicts by experiment.
func (m *machine) on(t *testing.T, jobs []Job) map[string]verdict.Verdict {
	t.Helper()
	m.times, m.most2 = map[string]int{}, map[string]int{}
	verdicts := make(chan verdict.Verdict, len(jobs))
	r := &rounds{gate: newGate(16, 2), health: newGatewayHealth(), runs: &runs{want: 1}, verdicts: verdicts, one: m.one}
	r.all(t.Context(), jobs)
	close(verdicts)
	all := map[string]verdict.Verdict{}
	for v := range verdicts {
		if _, twice := all[v.ID]; twice {
			t.Errorf("%s: got two verdicts, want one", v.ID)
		}
		all[v.ID] = v
	}
	if len(all) != len(jobs) {
		t.Errorf("got %d verdicts, want one of each of %d jobs", len(all), len(jobs))
	}
	return all
}

// experimentsOn is so many jobs on a gateway.
func experimentsOn(name string, n int) (jobs []Job) {
	for i := range n {
		jobs = append(
			jobs,
			Job{
				Experiment: fmt.Sprintf("%s-%d", name, i),
				Gateway:    &gateway.Definition{Name: name},
				Setting:    "document",
			},
		)
	}
	return jobs
}

func served(r verdict.Result) verdict.Verdict {
	return verdict.Verdict{Record: record.Record{Served: true}, Result: r}
}

func starved() verdict.Verdict {
	return verdict.Verdict{
		Record:  record.Record{Served: true, LateMS: 5000},
		Starved: true,
		Reason:  "this machine was 5000 ms late",
	}
}

func TestWhatTheMachineMayHaveDoneIsMeasuredAgain(t *testing.T) {
	t.Parallel()
	m := &machine{says: func(j Job, times int) verdict.Verdict {
		switch {
		case j.Experiment == "g-0" && times == 1, j.Experiment == "g-1", j.Experiment == "g-4" && times < 3:
			return starved()
		case j.Experiment == "g-2":
			return served(verdict.Fail) // In time: it is the gateway's.
		case j.Experiment == "g-3" && times == 1:
			return verdict.Verdict{
				Starved: true,
				Lacked:  true,
				Reason:  "no descriptors",
			} // It says nothing of the column.
		}
		return served(verdict.Pass)
	}}
	all := m.on(t, experimentsOn("g", 40))
	if v := all["g-0"]; v.Result != verdict.Pass || v.Again != "this machine was 5000 ms late" {
		t.Errorf("late once: got %s, again %q; want the second verdict and why there is one", v.Result, v.Again)
	}
	if v := all["g-1"]; v.Result != verdict.Inconclusive || v.Again == "" ||
		!strings.HasSuffix(v.Reason, "so it was three times, the third with no other world beside it") {
		t.Errorf("late each time: got %s (%s), want inconclusive", v.Result, v.Reason)
	}
	if v := all["g-4"]; v.Result != verdict.Pass || v.Again == "" || m.times["g/document g-4"] != 3 {
		t.Errorf("late twice: got %s after %d times, want the third verdict", v.Result, m.times["g/document g-4"])
	}
	if v := all["g-2"]; v.Result != verdict.Fail || v.Again != "" || m.times["g/document g-2"] != 1 {
		t.Errorf(
			"a fail in time: got %s after %d times, want a fail at once: what is wrong with a gateway is not tried until "+
				"it is right",
			v.Result,
			m.times["g/document g-2"],
		)
	}
	if v := all["g-3"]; v.Result != verdict.Pass || v.Again != "no descriptors" {
		t.Errorf("no descriptors: got %s, again %q; want the second verdict", v.Result, v.Again)
	}
	if v := all["g-9"]; v.Result != verdict.Pass {
		t.Errorf("got %s (%s), want a pass: the others have nothing to do with it", v.Result, v.Reason)
	}
}

func TestAColumnIsGivenUpWhenItDoesNotServeAloneEither(t *testing.T) {
	t.Parallel()
	m := &machine{says: func(j Job, times int) verdict.Verdict {
		switch {
		case j.Gateway.Name == "dead":
			return verdict.Verdict{Reason: "wait for steady state"}
		case j.Gateway.Name == "slow" && times == 1 && j.Experiment < "slow-2":
			return verdict.Verdict{Reason: "404 by gateway"}
		}
		return served(verdict.Pass)
	}}
	jobs := append(experimentsOn("dead", 9), append(experimentsOn("slow", 9), experimentsOn("well", 9)...)...)
	all := m.on(t, jobs)
	dead, alone := 0, 0
	for id, v := range all {
		name, _, _ := strings.Cut(id, "-")
		switch key := columnKey(Job{Gateway: &gateway.Definition{Name: name}, Setting: "document"}) + " " + id; {
		case name != "dead" && v.Result != verdict.Pass:
			t.Errorf("%s: got %s (%s), want a pass: the gateway serves", id, v.Result, v.Reason)
		case name == "dead" && m.times[key] == 0 && !strings.HasPrefix(v.Reason, "not tried after dead-"):
			t.Errorf("%s: got %q, want the experiment that showed that it does not serve", id, v.Reason)
		case name == "dead" && m.times[key] == 2:
			if dead++; m.most2[key] != 1 ||
				!strings.Contains(v.Reason, "twice, the second time with no other world beside it") {
				t.Errorf(
					"%s: got %q beside %d worlds, want one that says that it was tried alone",
					id,
					v.Reason,
					m.most2[key]-1,
				)
			}
		case m.times[key] == 2 && m.most2[key] == 1:
			alone++
		}
	}
	if dead != 1 || alone == 0 {
		t.Errorf("got %d of the dead and %d of the slow gateway tried again, want one, and one or more", dead, alone)
	}
}

func TestGateFollowsTheMachine(t *testing.T) {
	t.Parallel()
	g, now := newGate(64, 2), time.Now()
	g.now = func() time.Time { return now }
	round := func(n int, v verdict.Verdict) {
		passes := []pass{}
		for range n {
			passes = append(passes, g.enter("g"))
		}
		for _, p := range passes {
			g.leave(p, v)
		}
		now = now.Add(growEvery)
	}
	if g.capacity != 32 {
		t.Fatalf("got %g at first, want sixteen for each of two processors", g.capacity)
	}
	onTime := verdict.Verdict{Record: record.Record{LateMS: 20, CPUMS: 50, TookMS: 500}}
	late := verdict.Verdict{Record: record.Record{LateMS: 900, CPUMS: 50, TookMS: 500}}
	round(8, onTime)
	grown := g.capacity
	round(8, late)
	if cut := g.capacity; grown <= 32 || cut != grown*shrink {
		t.Errorf("got %g on time and %g late, want more, and then once less: the eight began together", grown, cut)
	}
	for range 100 {
		round(1, late)
	}
	if g.capacity != 16 {
		t.Errorf(
			"got %g after a hundred that were late, want eight for each of two processors: fewer would wait in vain",
			g.capacity,
		)
	}
	for range 12 {
		round(8, onTime)
	}
	if g.capacity < 64 {
		t.Errorf(
			"got %g after three seconds on time, want the most: an experiment may take longer than that",
			g.capacity,
		)
	}
	for share, want := range map[float64]float64{0.375: 2.5, 0.04: lightest, 0.99: heaviest} {
		g.share["g"] = share
		if w := g.weightOf("g"); w != want {
			t.Errorf("got weight %g, want %g of a gateway that takes %g of a processor", w, want, share)
		}
	}
}

// TestGateBounds lets a crowd of heavy worlds through a narrow gate.
func TestGateBounds(t *testing.T) {
	t.Parallel()
	m := &machine{
		says: func(Job, int) verdict.Verdict { v := served(verdict.Pass); v.CPUMS, v.TookMS = 800, 800; return v },
	}
	m.times, m.most2 = map[string]int{}, map[string]int{}
	g := newGate(4, 2)
	jobs := func(yield func(Job) bool) {
		for _, j := range experimentsOn("dear", 40) {
			if !yield(j) {
				return
			}
		}
	}
	runGated(t.Context(), g, jobs, func(ctx context.Context, j Job) verdict.Verdict { return m.one(ctx, j, Options{}) })
	if m.most > 4 || len(m.times) != 40 {
		t.Errorf("got %d worlds at a time and %d jobs done, want four at most, and all", m.most, len(m.times))
	}
}

// TestRoomIsForWorldsThatAllStart: as many worlds are let in as can be started at one time, with descriptors left for
// the rest of the process; and none where not even one could do its work.
func TestRoomIsForWorldsThatAllStart(t *testing.T) {
	t.Parallel()
	if got := roomIn(Needed - 1); got != 0 {
		t.Errorf("%d descriptors: got room for %d worlds, want none", Needed-1, got)
	}
	for _, limit := range []uint64{Needed, 256, 1024, 20000} {
		got := uint64(roomIn(limit))
		if used := got*descriptorsOfWorld + descriptorsBesides; got < 1 || used > limit || limit-used >= descriptorsOfWorld {
			t.Errorf("%d descriptors: got room for %d worlds, which take %d; want as many as fit", limit, got, used)
		}
	}
	if got := roomIn(math.MaxUint64); got != mostWorlds {
		t.Errorf("no limit: got room for %d worlds, want %d", got, mostWorlds)
	}
}

// TestRedOfAnOwnGatewayIsSeenAgain: what is red of a user's own is run three times in all, and told as what came of all
// of them; a known gateway's is not.
func TestRedOfAnOwnGatewayIsSeenAgain(t *testing.T) {
	fail := verdict.Verdict{Result: verdict.Fail, Observed: "200 by upstream", Reason: "status"}
	pass := verdict.Verdict{Result: verdict.Pass, Observed: "502 by gateway"}
	unclear := verdict.Verdict{Result: verdict.Inconclusive, Reason: "not confirmed"}
	limit := verdict.Verdict{Result: verdict.Fail, Observed: "junk", Class: verdict.Limit, Allowed: true}
	outcomes := map[string][]verdict.Verdict{
		"always":    {fail, fail, fail},
		"sometimes": {fail, pass, pass},
		"unclear":   {unclear, pass, pass},
		"never":     {unclear, unclear, unclear},
		"pass":      {pass},
		"limit":     {limit},
	}
	m := &machine{says: func(j Job, times int) verdict.Verdict {
		v := outcomes[j.Experiment][times-1]
		v.Served = true
		return v
	}}
	jobs := []Job{}
	for id := range outcomes {
		jobs = append(jobs, Job{Experiment: id, Gateway: &gateway.Definition{Name: "mine", Own: &gateway.Own{}}})
	}
	all := m.on(t, jobs)
	for id, want := range map[string]struct {
		result verdict.Result
		runs   int
		says   string
	}{
		"always": {verdict.Fail, 3, "200 by upstream"}, "sometimes": {verdict.Fail, 3, "2 × 502 by gateway"},
		"unclear": {verdict.Pass, 2, "502 by gateway"}, "never": {verdict.Inconclusive, 0, ""},
		"pass": {verdict.Pass, 0, "502 by gateway"}, "limit": {verdict.Fail, 0, "junk"},
	} {
		v := all[id]
		if v.Result != want.result || len(v.Runs) != want.runs || !strings.Contains(v.Observed, want.says) {
			t.Errorf("%s: got %s in %d runs, %q, want %s in %d, %q", id, v.Result, len(v.Runs), v.Observed, want.result,
				want.runs, want.says)
		}
	}
	if all["unclear"].Again == "" {
		t.Error("got nothing of the run that told nothing, want why it was measured again")
	}

	m = &machine{says: func(Job, int) verdict.Verdict { return fail }}
	if v := m.on(t, []Job{{Experiment: "refused", Gateway: &gateway.Definition{Name: "nginx"}}})["refused"]; len(v.Runs) != 0 {
		t.Errorf("got %d runs of a known gateway's, want one", len(v.Runs))
	}
}
