package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/verdict"
)

// recoveryLegend explains the cells of recovered.
const recoveryLegend = "How long after its cause was gone service was back: within the first time in half of the runs, within the second in 19 of 20"

// recovered returns the run with the verdicts only whose recovery was measured several times.
func (r Run) recovered() Run {
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool { return v.Recovery == nil || v.Cause == cause.Blocked })
	return r
}

// recoveries shows how long experiments that were repeated took to recover.
func (l Look) recoveries(b *strings.Builder, r Run) {
	if repeated := r.recovered(); len(repeated.Verdicts) > 0 {
		fmt.Fprintf(b, "\n%s\n%s.\n%s", l.bold("Recovery"), recoveryLegend, l.matrix(repeated, back))
	}
}

// back is "3.1 ms / 250 ms", and how often service was never back.
func back(v verdict.Verdict) string {
	r, parts := v.Recovery, []string{}
	if r.Times > 0 {
		parts = append(parts, milliseconds(timeOf(r.P50))+" / "+milliseconds(timeOf(r.P95)))
	}
	if r.Never > 0 {
		parts = append(parts, fmt.Sprintf("never %d of %d", r.Never, r.Times+r.Never))
	}
	return strings.Join(parts, "; ")
}

// timeOf reads a time as results.json has it, where a negative one stands for never.
func timeOf(ms float64) float64 {
	if ms < 0 {
		return verdict.Never
	}
	return ms
}

// Recovery returns the distributions of a run that repeated its experiments as a reference to read, in Markdown. The error says that there are none.
func Recovery(r Run) (string, error) {
	all := r.recovered()
	if len(all.Verdicts) == 0 {
		return "", fmt.Errorf("got no experiment that was repeated and recovered, want the results of a run with --repeat")
	}
	least := slices.MinFunc(all.Verdicts, func(a, b verdict.Verdict) int { return len(a.Runs) - len(b.Runs) })
	var b strings.Builder
	fmt.Fprintf(&b, "# How long does it last?\n\nMeasured on %s with Gatequake %s in worlds of the mode %s, %d times each. %s. "+
		"Gateways have the time limits of their settings, shortened where the vendor's are long; service is looked for again after an eighth of the time waited so far. "+
		"What is repaired by a restart of the gateway counts from the end of that; of a pool service is back when each member serves again.\n",
		r.Started.Format("2006-01-02"), markdown(r.Tool), markdown(r.World), len(least.Runs), recoveryLegend)
	for _, setting := range all.settings() {
		fmt.Fprintf(&b, "\n## Setting %s\n\n%s\n", markdown(setting), all.of(setting).markdownTable(back))
	}
	return b.String(), nil
}
