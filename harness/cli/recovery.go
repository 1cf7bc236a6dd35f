package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
)

func (a *app) recovery() *cobra.Command {
	return &cobra.Command{
		Use: "recovery FILE", Short: "Print how long failures outlast their cause, from a results.json of a run with --repeat, in Markdown",
		Long: "Prints, of a run that repeated its experiments, for each fault and gateway within which time service was back in half of the runs, and in 19 of 20.",
		Args: files(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := readResults("recovery", args[0])
			if err != nil {
				return err
			}
			text, err := report.Recovery(r)
			if err != nil {
				return usage("recovery: %s: %w", args[0], err)
			}
			if _, err := a.out.Write([]byte(text)); err != nil {
				return unclear(err)
			}
			return nil
		},
	}
}
