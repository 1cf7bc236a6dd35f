package harness

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// decide draws the conclusion from the checks.
func (t *trial) decide() {
	v := &t.verdict
	if who := slices.IndexFunc(v.Observations, func(o Observation) bool { return o.By == BySomebody }); who >= 0 {
		v.Observed = t.sum()
		v.Reason = fmt.Sprintf("%s: got %s, and it cannot be told who wrote it: something came back on a link that cannot be read, or the answers are never the same", v.Observations[who].Probe, v.Observations[who])
		return
	}
	for _, o := range v.Observations {
		if t.bench.blind() {
			break // Nobody could count them.
		}
		if o.method() == http.MethodPost {
			t.check(Check{Name: CheckPostOnce, OK: o.Hits <= 1, Of: o.Probe, Got: fmt.Sprintf("%d of them at the upstream", o.Hits), Want: "one at most"})
		}
	}
	for _, o := range t.observed {
		if hits := t.bench.HitsOf(o.Nonce); t.experiment.Block != nil && !t.bench.blind() {
			t.check(Check{Name: CheckNotAsked, OK: hits == 0, Of: o.Probe, Got: fmt.Sprintf("%d requests at the upstream", hits), Want: "none"})
		}
	}
	t.holdBlock()
	common := v.Checks
	for _, p := range Policies() {
		under := Under{Policy: p.Name, Expected: t.experiment.Expected(p).String(), Result: Pass}
		if slices.ContainsFunc(append(t.answers(p), common...), Check.broken) {
			under.Result = Fail
		}
		v.Under = append(v.Under, under)
	}
	v.Checks = append(common, t.answers(t.policy)...)
	slices.SortStableFunc(v.Checks, func(a, b Check) int { return slices.Index(CheckNames(), a.Name) - slices.Index(CheckNames(), b.Name) })
	if t.experiment.Block == nil && t.experiment.Fault.Load != nil {
		v.Counts = count(t.observed)
	}
	t.weigh()
	v.Observed = t.sum()
	v.Result = Pass
	broken := []Check{}
	for _, c := range v.Checks {
		if c.broken() {
			broken = append(broken, c)
		}
	}
	if len(broken) > 0 {
		v.Result, v.Reason = Fail, broken[0].String()
	}
	if more := len(broken) - 1; more > 0 {
		v.Reason += fmt.Sprintf(" (and %d more)", more)
	}
}

// answers holds what was seen under a fault against what a policy wants.
func (t *trial) answers(p Policy) []Check {
	if t.experiment.Block != nil {
		return nil // A block is what it is under every policy.
	}
	want := t.bench.tolerate(p.Expect(t.experiment.Fault), t.experiment.Fault)
	checks := []Check{}
	for _, o := range t.observed {
		of := want
		if t.experiment.State == Balanced && (t.bench.healthy(RouteBalanced, o) || o.method() == http.MethodGet) {
			of = service
		}
		checks = append(checks, checkAnswer(o, of, t.within)...)
	}
	if recovery := time.Duration(t.verdict.RecoveryMS * float64(time.Millisecond)); want.Recovery > 0 && recovery > want.Recovery {
		checks = append(checks, Check{
			Name: CheckSteadyAfter, Got: "service after " + recovery.Round(time.Millisecond).String(), Want: "within " + want.Recovery.String(),
			BearsMS: missed(recovery - want.Recovery),
		})
	}
	return checks
}

// sum puts the answers into one line: one if all are alike, else each with its probe.
func (t *trial) sum() string {
	if len(t.observed) == 0 {
		return "nothing" // The gateway did not live to be asked.
	}
	parts, alike := []string{}, true
	for _, o := range t.observed {
		alike = alike && o.String() == t.observed[0].String()
		if part := o.Probe + ": " + o.String(); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if alike {
		return t.observed[0].String()
	}
	return strings.Join(parts, "; ")
}

func (t *trial) check(c Check) {
	if c.OK {
		c.Got, c.Want = "", ""
	}
	t.verdict.Checks = append(t.verdict.Checks, c)
}

// see notes an observation and holds it against what a client should see under every policy.
func (t *trial) see(o Observation, want Expectation) {
	t.note(o)
	t.verdict.Checks = append(t.verdict.Checks, checkAnswer(o, want, t.within)...)
}

// note notes an observation, and holds it against what does not depend on the status that is wanted.
func (t *trial) note(o Observation) {
	t.verdict.Observations = append(t.verdict.Observations, o)
	t.observed = append(t.observed, o)
	if o.By == ByGateway && o.Status >= http.StatusBadRequest {
		t.verdict.Checks = append(t.verdict.Checks, append(checkPage(o, t.bench.secrets()), checkWords(o)...)...)
	}
}
