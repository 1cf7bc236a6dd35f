package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

func (a *app) diff() *cobra.Command {
	return &cobra.Command{
		Use: "diff OLD NEW", Short: "Say what changed between two results.json",
		Long: "Compares two runs cell by cell: what got worse, better, slower to recover, appeared or vanished.\n\n" +
			"Exit status: 0 nothing is worse, 1 something is.",
		Args: files(2, "two results.json, the old one first"),
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
	if slices.ContainsFunc(changes, func(c report.Change) bool { return c.Kind == report.Worse }) {
		return exit{status: statusFails}
	}
	return nil
}
