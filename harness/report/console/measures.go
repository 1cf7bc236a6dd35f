package console

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// Pools shows, for each member that was broken, what it cost: what the matrix has no room for.
func (l Style) pools(b *strings.Builder, r report.Run) {
	if pools := r.Pools(); len(pools.Verdicts) > 0 {
		fmt.Fprintf(b, "\n%s\n%s.\n%s", l.bold("One of two members broken"), report.PoolLegend,
			l.matrix(pools, report.PoolCell))
	}
}

// recoveries shows how long experiments that were repeated took to recover.
func (l Style) recoveries(b *strings.Builder, r report.Run) {
	if repeated := r.Recovered(); len(repeated.Verdicts) > 0 {
		fmt.Fprintf(
			b,
			"\n%s\n%s.\n%s",
			l.bold("Recovery"),
			report.RecoveryLegend,
			l.matrix(repeated, report.RecoveryCell),
		)
	}
}
