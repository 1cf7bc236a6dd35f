package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
)

func (a *app) markdown() *cobra.Command {
	baseline := ""
	c := &cobra.Command{
		Use: "markdown FILE", Short: "Print a results.json as a short comment in Markdown",
		Long: "Prints what a run came to in Markdown, short enough for a comment on a change (64 KiB at most): the sums, and what is red with the command that shows it\n" +
			"again. What is too long is counted. For all cells, see gatequake matrix.",
		Args: files(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := readResults("markdown", args[0])
			if err != nil {
				return err
			}
			text := report.Summary(r)
			if baseline != "" {
				earlier, err := readResults("--baseline", baseline)
				if err != nil {
					return err
				}
				text += "\n" + report.SummaryOfChanges(report.Diff(earlier, r))
			}
			if _, err := fmt.Fprint(a.out, text); err != nil {
				return unclear(fmt.Errorf("print markdown: %w", err))
			}
			return nil
		},
	}
	c.Flags().StringVar(&baseline, "baseline", "", "results.json of an earlier run: say also what changed since `FILE`")
	return c
}
