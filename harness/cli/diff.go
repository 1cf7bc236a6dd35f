package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

func (a *app) diff() *cobra.Command {
	return &cobra.Command{
		Use: "diff OLD NEW", Short: "Say what changed between two results.json",
		Long: "Compares two runs cell by cell: what got worse, better, slower to recover, appeared or vanished.\n\n" +
			"Exit status: 0 nothing is worse, 1 something is.",
		Example: "  gatequake diff main/results.json report/results.json",
		Args:    files(2, "two results.json, the old one first"),
		RunE: func(_ *cobra.Command, args []string) error {
			from, err := readResults("diff", args[0])
			if err != nil {
				return err
			}
			to, err := readResults("diff", args[1])
			if err != nil {
				return err
			}
			changes := report.Diff(from, to)
			if err := a.summarise("\n" + markdown.SummaryOfChanges(changes)); err != nil {
				return unclear(err)
			}
			return compare(a.out, changes)
		},
	}
}

// compare prints what changed. Something worse is a fail.
func compare(out io.Writer, changes []report.Change) error {
	if _, err := fmt.Fprint(out, report.Changes(changes)); err != nil {
		return unclear(fmt.Errorf("print changes: %w", err))
	}
	worse := 0
	for _, c := range changes {
		if c.Kind == report.Worse {
			worse++
		}
	}
	line, ended := "OK: nothing is worse than in the baseline", error(nil)
	if worse > 0 {
		line, ended = fmt.Sprintf("FAIL: %d worse than in the baseline", worse), exit{status: statusFails}
	}
	if _, err := fmt.Fprintln(out, line); err != nil {
		return unclear(fmt.Errorf("print changes: %w", err))
	}
	return ended
}
