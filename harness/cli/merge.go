package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
)

func (a *app) merge() *cobra.Command {
	o := order{}
	c := &cobra.Command{
		Use: "merge FILE...", Short: "Join the results of every shard of a run",
		Long: "Joins the results.json of every shard of one run into a report of the whole, and concludes as that run would have. A shard that is missing, is there twice, was\n" +
			"interrupted or is of another run is an error, and nothing is written.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("merge: got no arguments, want the results.json of every shard")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			shards := []report.Run{}
			for _, file := range args {
				r, err := readResults("merge", file)
				if err != nil {
					return err
				}
				shards = append(shards, r)
			}
			r, err := report.Merge(shards)
			if err != nil {
				return usage("%w", err)
			}
			return a.remake(r, o)
		},
	}
	o.reportFlags(c)
	return c
}
