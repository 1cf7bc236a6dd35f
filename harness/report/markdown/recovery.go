package markdown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Recovery returns the distributions of a run that repeated its experiments as a reference to read, in Markdown. The
// error says that there are none.
func Recovery(r report.Run) (string, error) {
	all := r.Recovered()
	if len(all.Verdicts) == 0 {
		return "", fmt.Errorf(
			"got no experiment that was repeated and recovered, want the results of a run with --repeat",
		)
	}
	least := slices.MinFunc(all.Verdicts, func(a, b verdict.Verdict) int { return len(a.Runs) - len(b.Runs) })
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"# How long does it last?\n\nMeasured on %s with Gatequake %s %s, %d times each. %s. "+
			"Gateways have the time limits of their settings, shortened where the vendor's are long; "+
			"service is looked for again after an eighth of the time waited so far. "+
			"What is repaired by a restart of the gateway counts from the end of that; of a pool service is back when each "+
			"member serves again.\n",
		r.Started.Format("2006-01-02"),
		markdown(r.Tool),
		r.Where(),
		len(least.Runs),
		report.RecoveryLegend,
	)
	for _, setting := range all.Settings() {
		fmt.Fprintf(
			&b,
			"\n## Setting %s\n\n%s\n",
			markdown(setting),
			markdownTable(all.Of(setting), report.RecoveryCell),
		)
	}
	return b.String(), nil
}
