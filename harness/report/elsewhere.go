package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// elsewhere reports whether the gateway ran already, so that all but what its links can break is not possible.
func (r Run) elsewhere() bool { return r.World == string(world.Elsewhere) }

// tried lists the verdicts that have a row in the matrix: all, but for a gateway elsewhere only those of experiments that were possible with one of its probes.
func (r Run) tried() []verdict.Verdict {
	if !r.elsewhere() {
		return r.Verdicts
	}
	return slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool {
		return !slices.ContainsFunc(r.Verdicts, func(other verdict.Verdict) bool { return other.ID == v.ID && kindOf(other) != unsupported })
	})
}

// unchecked lists which promises could not be held against the gateway, and in which settings, if not in all.
func (l Look) unchecked(b *strings.Builder, r Run) {
	order, settings, all := []string{}, map[string][]string{}, []string{}
	for _, v := range r.Verdicts {
		if len(v.Unchecked) > 0 && !slices.Contains(all, v.Setting) {
			all = append(all, v.Setting)
		}
		for _, what := range v.Unchecked {
			if settings[what] == nil {
				order = append(order, what)
			}
			if !slices.Contains(settings[what], v.Setting) {
				settings[what] = append(settings[what], v.Setting)
			}
		}
	}
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Could not be checked"))
	for _, what := range order {
		where := ""
		if len(settings[what]) < len(all) {
			where = strings.Join(settings[what], ", ") + ": "
		}
		fmt.Fprintf(b, "%s %s%s\n", l.paint(unsupported, marks[unsupported]), Safe(where), brief(what, shownReason))
	}
}
