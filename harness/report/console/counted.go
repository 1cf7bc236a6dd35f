package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// counted lists, for experiments under load, how often each answer came: what the matrix has no room for.
func (l Style) counted(b *strings.Builder, r report.Run) {
	title := fmt.Sprintf("\n%s\n", l.bold("Counted under load"))
	for _, v := range r.Verdicts {
		if len(v.Counts) > 0 {
			fmt.Fprintf(
				b,
				"%s%s, %s %s: %s\n",
				title,
				report.Safe(v.ID),
				report.Safe(v.Gateway),
				report.Safe(v.Setting),
				report.Safe(counts(v)),
			)
			title = ""
		}
	}
}

// counts is "GET /: 200 by upstream × 16; POST /: …".
func counts(v verdict.Verdict) string {
	parts := []string{}
	for _, answer := range slices.Sorted(maps.Keys(v.Counts)) {
		parts = append(parts, fmt.Sprintf("%s × %d", answer, v.Counts[answer]))
	}
	return strings.Join(parts, "; ")
}
