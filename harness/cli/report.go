package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
)

func (a *app) report() *cobra.Command {
	o := order{}
	c := &cobra.Command{
		Use: "report FILE", Short: "Make the report of a results.json, or of what a killed run has left",
		Long: "Writes every file of a report anew from a results.json, and concludes as its run did. Of a run that was killed, or had no room on the disk for its report,\n" +
			report.PartialFile + " is left, or " + report.KilledFile + " when another run came after it: each verdict that was reached before, which make a partial report.",
		Args: files(1, "one results.json or "+report.PartialFile),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := readResults("report", args[0])
			if err != nil {
				return err
			}
			return a.remake(r, o)
		},
	}
	o.reportFlags(c)
	return c
}

// remake makes the report of results, and concludes as their run did.
func (a *app) remake(r report.Run, o order) error {
	if err := report.Ready(o.report); err != nil {
		return usage("--report: %w; choose another folder", err)
	}
	r = report.ReadLogs(r) // Of a run that was killed nobody has.
	if err := report.Write(o.report, r); err != nil {
		return unclear(err)
	}
	if err := a.show(r, o, o.report); err != nil {
		return err
	}
	return conclude(r)
}

// reportFlags are the flags of a command that makes a report of results.
func (o *order) reportFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.report, "report", "report", "`DIR` for results.json and junit.xml")
	c.Flags().BoolVar(&o.json, "json", false, "print results.json to standard output instead of the matrix")
}
