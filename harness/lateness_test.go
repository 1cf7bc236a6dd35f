package harness

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

// TestTheMachineIsNotTheGateway holds who is to blame for what was seen in a world that was late.
func TestTheMachineIsNotTheGateway(t *testing.T) {
	d := &gateway.Definition{Name: "g", Deviations: []gateway.Deviation{
		{
			Experiments: []string{"known"}, Settings: []string{"document"},
			Outcome: gateway.Outcome{Observed: "504 by gateway", Breaks: []string{CheckStatus, CheckNotCacheable}}, Reason: "it is so",
		},
	}}
	late := Check{Name: CheckInTime, Got: "nothing whole in 3s", BearsMS: ms(Slack)}
	wrong := Check{Name: CheckStatus, Got: "504 by gateway", BearsMS: ms(Bearable)}
	cached, dead := Check{Name: CheckNotCacheable}, Check{Name: CheckAlive}
	for name, c := range map[string]struct {
		id, observed string
		result       Result
		late         float64
		broken       []Check
		want         Result
		starved      bool
	}{
		"hangs on a machine that is fine":       {"x", "", Fail, 80, []Check{late}, Fail, false},
		"hangs, and the machine is within it":   {"x", "", Fail, 1999, []Check{late}, Fail, false},
		"late on a machine that is later":       {"x", "", Fail, 2001, []Check{late}, Inconclusive, true},
		"a 504 where a 502 was due":             {"x", "504 by gateway", Fail, 1001, []Check{wrong}, Inconclusive, true},
		"both, and late enough for one":         {"x", "", Fail, 1500, []Check{late, wrong}, Fail, false},
		"died on a machine that is late":        {"x", "", Fail, 9000, []Check{dead}, Fail, false},
		"died, and the rest for lack of time":   {"x", "", Fail, 9000, []Check{dead, late}, Fail, false},
		"known, as listed":                      {"known", "504 by gateway", Fail, 9000, []Check{wrong, cached}, Fail, false},
		"known, changed on a machine on time":   {"known", "503 by gateway", Fail, 80, []Check{wrong, cached}, Fail, false},
		"known, changed on a machine late":      {"known", "503 by gateway", Fail, 9000, []Check{wrong, cached}, Inconclusive, true},
		"known, gone on a machine late":         {"known", "502 by gateway", Pass, 9000, nil, Inconclusive, true},
		"known, gone on a machine on time":      {"known", "502 by gateway", Pass, 80, nil, Fail, false},
		"a pass, however late":                  {"x", "502 by gateway", Pass, 9000, nil, Pass, false},
		"no steady state on a machine late":     {"x", "", Inconclusive, 9000, nil, Inconclusive, true},
		"no steady state on a machine on time":  {"x", "", Inconclusive, 80, nil, Inconclusive, false},
		"cannot be tried on a machine late":     {"x", "", Unsupported, 9000, nil, Unsupported, false},
		"a page of another answer, and no list": {"x", "504 by gateway", Fail, 9000, []Check{wrong, cached}, Fail, false},
	} {
		for i := range c.broken {
			c.broken[i].LateMS = c.late
		}
		v := Verdict{ID: c.id, Setting: "document", Policy: Document().Name, Result: c.result, Observed: c.observed, LateMS: c.late, Checks: c.broken}
		v = v.Judge(d).Excuse(d)
		if v.Result != c.want || v.Starved != c.starved {
			t.Errorf("%s: got %s, starved %t (%s); want %s, %t", name, v.Result, v.Starved, v.Reason, c.want, c.starved)
		}
		if figure := fmt.Sprintf("%.0f ms late", c.late); c.starved && !strings.Contains(v.Reason, figure) {
			t.Errorf("%s: got reason %q, want %q in it", name, v.Reason, figure)
		}
	}
}

// TestChecksSayHowLateTheMachineMayBe holds that what does not depend on time bears nothing, and is never excused.
func TestChecksSayHowLateTheMachineMayBe(t *testing.T) {
	d := &gateway.Definition{Settings: map[string]gateway.Setting{"document": {Within: gateway.Within{Resolve: 3 * time.Second, Connect: 2 * time.Second, Response: 800 * time.Millisecond}}}}
	tr := &trial{bench: &Bench{Definition: d, Setting: "document"}}
	for _, name := range CheckNames() {
		tr.verdict.Checks = append(tr.verdict.Checks, Check{Name: name}, Check{Name: name, OK: true})
	}
	tr.weigh()
	want := map[string]float64{
		CheckInTime: 2000, CheckPrompt: 600, CheckStatus: 800, CheckAnsweredBy: 800, CheckLetIn: 800, CheckBlockHolds: 800, CheckBystander: 800,
		CheckConnection: 800, CheckSteadyAfter: 45000,
	}
	for _, c := range tr.verdict.Checks {
		if bears := want[c.Name]; !c.OK && c.BearsMS != bears || c.OK && c.BearsMS != 0 {
			t.Errorf("%s, kept %t: got %g ms, want %g", c.Name, c.OK, c.BearsMS, bears)
		}
	}
	over := checkAnswer(Observation{Status: 502, By: ByGateway, End: client.Complete, Took: 130}, Expectation{Statuses: []int{502}, By: ByGateway, Within: 100 * time.Millisecond}, time.Second)
	if over[0].OK || over[0].BearsMS != 30 {
		t.Errorf("130 ms where a policy allows 100: got %+v, want one that bears the 30", over[0])
	}
}

// TestACheckIsWeighedWithItsOwnProbe: that service came back late says nothing of a status before.
func TestACheckIsWeighedWithItsOwnProbe(t *testing.T) {
	d := &gateway.Definition{Settings: map[string]gateway.Setting{"document": {Within: gateway.Within{Resolve: time.Second, Connect: time.Second, Response: time.Second}}}}
	tr := &trial{bench: &Bench{Definition: d, Setting: "document"}, recoveredLate: 5000, verdict: Verdict{
		Result: Fail, LateMS: 5000, Checks: []Check{{Name: CheckStatus, Of: "GET /"}},
		Observations: []Observation{{Probe: "GET /", LateMS: 20}, {Probe: "POST /", LateMS: 3000}},
	}}
	tr.weigh()
	if v := tr.verdict.Excuse(d); v.Result != Fail || v.Checks[0].LateMS != 20 {
		t.Errorf("got %s, %+v; want a fail: the probe was not late", v.Result, v.Checks[0])
	}
	tr.verdict.Checks = []Check{{Name: CheckStatus, Of: "POST /"}}
	tr.weigh()
	if v := tr.verdict.Excuse(d); v.Result != Inconclusive {
		t.Errorf("got %s, %+v; want inconclusive: that probe was", v.Result, v.Checks[0])
	}
}

// TestOurOwnLackIsNoVerdict: a client of ours that had no descriptor saw nothing of the gateway.
func TestOurOwnLackIsNoVerdict(t *testing.T) {
	o := Observation{Probe: "GET /"}
	o.unconnected(fmt.Errorf("dial: %w", syscall.EMFILE))
	for _, r := range []Result{Pass, Fail, Inconclusive} {
		tr := &trial{verdict: Verdict{Result: r, Started: time.Now(), Observations: []Observation{o}}}
		tr.blameMachine(nil)
		if v := tr.verdict; v.Result != Inconclusive || !v.Starved || !v.Lacked || !strings.Contains(v.Reason, "too many open files") {
			t.Errorf("%s: got %s (%s), want inconclusive that names the lack", r, v.Result, v.Reason)
		}
	}
	tr := &trial{verdict: Verdict{Started: time.Now()}}
	if tr.blameMachine(fmt.Errorf("start world: %w", syscall.ENFILE)); !tr.verdict.Lacked {
		t.Error("got no lack of ENFILE, want one")
	}
	tr = &trial{verdict: Verdict{Result: Fail, Started: time.Now()}}
	if tr.blameMachine(fmt.Errorf("dial: %w", syscall.ECONNREFUSED)); tr.verdict.Result != Fail {
		t.Errorf("got %s of somebody else's error, want what it was", tr.verdict.Result)
	}
}
