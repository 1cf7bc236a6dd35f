// Package judge draws conclusions from records. It is pure: what it says depends on the record and the policy alone, so
// that stored results can be judged again.
package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Decide returns what an experiment came to under the policy. It is defined for every record: one of an experiment that
// was stopped, or never begun, is inconclusive.
func Decide(r record.Record, p policy.Policy) verdict.Verdict {
	v := verdict.Verdict{Record: r, Policy: p.Name, Expected: p.Expect(r).String(), Checks: []verdict.Check{}}
	switch {
	case r.Cannot != "":
		v.Result, v.Reason = verdict.Unsupported, r.Cannot
		return v
	case r.Stopped != "":
		v.Reason = r.WhyStopped()
	case len(r.Remedies) > 0:
		decideRemedies(&v)
	default:
		decide(&v, p)
	}
	if r.Lacks != "" {
		v.Starve(r.Lacks)
	}
	return v
}

// Conclude decides under the policy, and holds what came of it against what is known of the gateway: its known
// deviations, or, of one of the user's own, those of the known gateway that it is; and against how late the machine
// was.
func Conclude(r record.Record, p policy.Policy, d *gateway.Definition) verdict.Verdict {
	v := Decide(r, p)
	if len(r.Remedies) > 0 {
		return Excuse(v, d)
	}
	v = Excuse(Deviate(v, d), d)
	if r.Target != nil {
		return Classify(v, d.Like, p)
	}
	return Advise(v, d)
}

// decide draws the conclusion from the checks.
func decide(v *verdict.Verdict, p policy.Policy) {
	r := v.Record
	v.Observed = observed(r)
	unknown := func(o record.Observation) bool { return o.By == record.ByUnknown }
	if unattributed := slices.IndexFunc(r.Observations, unknown); unattributed >= 0 {
		o := r.Observations[unattributed]
		v.Reason = fmt.Sprintf(
			"%s: got %s, and it cannot be told who wrote it: something came back on a link that cannot "+
				"be read, or the answers are never the same",
			o.Probe,
			o,
		)
		return
	}
	for _, known := range policy.Policies() {
		under := verdict.Under{Policy: known.Name, Expected: known.Expect(r).String(), Result: verdict.Pass}
		if slices.ContainsFunc(checks(r, known), verdict.Check.Broken) {
			under.Result = verdict.Fail
		}
		v.Under = append(v.Under, under)
	}
	v.Checks = checks(r, p)
	if r.Terms.Refusal == nil && r.Terms.Load {
		v.Counts = count(r)
	}
	weigh(v)
	v.Result = verdict.Pass
	broken := []verdict.Check{}
	for _, c := range v.Checks {
		if c.Broken() {
			broken = append(broken, c)
		}
	}
	if len(broken) > 0 {
		v.Result, v.Reason = verdict.Fail, broken[0].String()
	}
	if more := len(broken) - 1; more > 0 {
		v.Reason += fmt.Sprintf(" (and %d more)", more)
	}
}

// checks holds the record against every promise, in the order in which a reason is looked for.
func checks(r record.Record, p policy.Policy) []verdict.Check {
	all := []verdict.Check{}
	for _, c := range check.All() {
		all = append(all, c.Hold(r, p)...)
	}
	return all
}

// asked lists the observations of what the experiment asked for.
func asked(r record.Record) []record.Observation {
	return slices.DeleteFunc(slices.Clone(r.Observations), func(o record.Observation) bool {
		return o.Role != record.Probed && o.Role != record.ToRefuse
	})
}

// observed puts the answers into one line: one if all are alike, else each with its probe.
func observed(r record.Record) string {
	all := asked(r)
	if len(all) == 0 {
		return "nothing" // The gateway did not live to be asked.
	}
	parts, alike := []string{}, true
	for _, o := range all {
		alike = alike && o.String() == all[0].String()
		if part := o.Probe + ": " + o.String(); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if alike {
		return all[0].String()
	}
	return strings.Join(parts, "; ")
}

// count counts the answers, by probe.
func count(r record.Record) map[string]int {
	counts := map[string]int{}
	for _, o := range asked(r) {
		counts[o.Probe+": "+o.String()]++
	}
	return counts
}

// decideRemedies concludes: it passes when every attempt came to an outcome, whatever that is. What the gateway
// promises is tried elsewhere.
func decideRemedies(v *verdict.Verdict) {
	parts := []string{}
	for _, a := range v.Remedies {
		if a.Outcome == "" {
			v.Reason = a.Remedy + ": " + a.Reason
			return
		}
		parts = append(parts, a.Remedy+": "+string(a.Outcome))
	}
	v.Result, v.Observed = verdict.Pass, strings.Join(parts, "; ")
}
