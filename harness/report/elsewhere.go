package report

import (
	"slices"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Elsewhere is the Run.World of a gateway that ran already, in no world of the harness.
const elsewhere = "elsewhere"

// Elsewhere reports whether the gateway ran already, so that all but what its links can break is not possible.
func (r Run) Elsewhere() bool { return r.World == elsewhere }

// Tried lists the verdicts that have a row in the matrix: all, but for a gateway elsewhere only those of experiments
// that were possible with one of its probes.
func (r Run) tried() []verdict.Verdict {
	if !r.Elsewhere() {
		return r.Verdicts
	}
	return slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool {
		return !slices.ContainsFunc(r.Verdicts,
			func(other verdict.Verdict) bool { return other.ID == v.ID && KindOf(other) != Unsupported })
	})
}
