package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// unchecked lists which promises could not be held against the gateway, and in which settings, if not in all.
func (l Style) unchecked(b *strings.Builder, r report.Run) {
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
		fmt.Fprintf(b, "%s %s%s\n", l.paint(report.Unsupported, report.Unsupported.Mark()), report.Safe(where),
			report.Brief(what, report.ShownReason))
	}
}
