package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/verdict"
)

// RecoveryLegend explains the cells of recovered.
const RecoveryLegend = "How long after its cause was gone service was back: within the first time in half of the " +
	"runs, within the second in 19 of 20"

// Recovered returns the run with the verdicts only whose recovery was measured several times.
func (r Run) Recovered() Run {
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts),
		func(v verdict.Verdict) bool { return v.Recovery == nil || v.Cause == cause.Blocked })
	return r
}

// RecoveryCell is "3.1 ms / 250 ms", and how often service was never back.
func RecoveryCell(v verdict.Verdict) string {
	r, parts := v.Recovery, []string{}
	if r.Times > 0 {
		parts = append(parts, Milliseconds(timeOf(r.P50))+" / "+Milliseconds(timeOf(r.P95)))
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

// Milliseconds writes a time as people do: 3.1 ms, 250 ms, 1.5 s, never.
func Milliseconds(ms float64) string {
	switch {
	case ms == verdict.Never:
		return "never"
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}
