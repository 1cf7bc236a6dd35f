package console

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// targets tells, for a gateway of the user's own, what its clients would have seen: probe by probe and upstream by
// upstream, the worst first.
func (l Style) targets(b *strings.Builder, r report.Run) {
	all := r.TargetSummaries()
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("What clients would have seen, the worst first"))
	for _, a := range all {
		fmt.Fprintf(b, "\n%s: %s\n", l.bold(a.Title()), report.Safe(a.Sums))
		for _, h := range a.Impacts {
			fmt.Fprintf(b, "%s %s: %s\n", l.paint(report.Fail, report.Fail.Mark()), l.bold(h.Is),
				report.Brief(h.What, report.ShownReason))
			for _, line := range h.Lines() {
				fmt.Fprintf(b, "    %s\n", line)
			}
		}
	}
}
