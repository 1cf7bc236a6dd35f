package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/report"
	_ "github.com/gatequake/gatequake/harness/report/formats" // so that reports can be made in them
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) report() *cobra.Command {
	o, format := order{}, ""
	c := &cobra.Command{
		Use:   "report FILE...",
		Short: "Make the report of stored results, or print them in a format",
		Long: "Writes every file of a report anew from a results.json, prints the matrix, and concludes as the run did.\n" +
			"Of a run that was killed, or had no room on the disk for its report, " + report.PartialFile + " is left,\n" +
			"or " + report.KilledFile + " when another run came after it: the verdicts reached before make a\n" +
			"partial report.\n\n" +
			"The results of every shard of a run make one report of the whole. A shard that is missing, is there twice, was\n" +
			"interrupted or is of another run is an error, and nothing is written.\n\n" +
			"With --format, the results are printed to standard output instead, no file is written, and the exit status says\n" +
			"nothing of the gateways. That is also for one shard alone, and for the cells that --format cells printed.\n\n" +
			"Formats:\n" + aboutFormats(),
		Example: "  gatequake report shard-*/results.json\n" +
			"  gatequake report report/results.json --format html >page.html",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(
					"report: got no arguments, want a results.json or %s, or those of every shard",
					report.PartialFile,
				)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if format == "" {
				return a.remakeOf(args, o)
			}
			if c.Flags().Changed("report") {
				return usage("report: got --format and --report, want one of them: a format is printed")
			}
			return a.print(args, format, o.baseline)
		},
	}
	f := c.Flags()
	f.StringVar(&o.report, "report", "report", reportHelp())
	f.StringVar(&format, "format", "", "print the results as `NAME` instead: "+strings.Join(formatNames(), ", "))
	verboseFlag(f, &o.verbose)
	f.StringVar(&o.baseline, "baseline", "", "results.json of an earlier run: say also what changed since `FILE`")
	complete(c, "format", listed(formatNames))
	return c
}

// verboseFlag is the one that has everything written.
func verboseFlag(f *pflag.FlagSet, verbose *bool) {
	f.BoolVar(verbose, "verbose", false, "of a gateway of your own, print every cell, too, and what was not possible")
}

// reportHelp says what a report's folder is for.
func reportHelp() string { return "`DIR` for " + strings.Join(report.Files(), ", ") }

func formatNames() []string {
	names := []string{}
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func aboutFormats() string {
	all := ""
	for _, f := range report.Formats() {
		all += fmt.Sprintf("  %-9s %s\n", f.Name, f.About)
	}
	return strings.TrimRight(all, "\n")
}

// remakeOf makes one report of the results in the files.
func (a *app) remakeOf(files []string, o order) error {
	r, err := joined(files, o.baseline, false)
	if err != nil {
		return err
	}
	if r.WithoutEvidence {
		return usage("report: %s: got cells without their evidence, want the results of a run, or --format", files[0])
	}
	return a.remake(r, o)
}

// joined reads the files, which hold the shards of a run if they are several, or the one that there is of a run that
// was not dealt. Alone is true where one shard will do.
func joined(files []string, baseline string, alone bool) (report.Run, error) {
	all := []report.Run{}
	for _, file := range files {
		r, err := readStored(file)
		if err != nil {
			return report.Run{}, err
		}
		all = append(all, r)
	}
	r := all[0]
	if len(all) > 1 || r.Shard != nil && !r.Interrupted && !alone {
		var err error
		if r, err = report.Join(all); err != nil {
			return report.Run{}, usage("report: %w", err)
		}
	}
	if baseline != "" {
		earlier, err := readResults("--baseline", baseline)
		if err != nil {
			return report.Run{}, err
		}
		r.Baseline = &earlier
	}
	return r, nil
}

// print prints the results in the files in the format with that name.
func (a *app) print(files []string, name, baseline string) error {
	for _, f := range report.Formats() {
		if f.Name != name {
			continue
		}
		if baseline != "" && !f.Compares {
			return usage(
				"report: got --baseline with --format %s, which does not tell what changed; see gatequake diff",
				name,
			)
		}
		r, err := joined(files, baseline, true)
		if err != nil {
			return err
		}
		var broken *fs.PathError
		switch err := f.Write(a.out, report.ReadLogs(r)); {
		case errors.As(err, &broken):
			return unclear(fmt.Errorf("print report: %w", err))
		case err != nil:
			return usage("report: %s: %w", strings.Join(files, ", "), err)
		}
		return nil
	}
	return unknown("format", name, formatNames())
}

// readStored reads results, or the cells that were kept of them.
func readStored(file string) (report.Run, error) {
	doc, err := foreign.Read(file, report.MaxResults)
	if err != nil || !bytes.HasPrefix(doc, []byte(`{"schema":"`+report.CellsSchema+`"`)) {
		return readResults("report", file)
	}
	cells, err := report.ReadCells(doc)
	if err != nil {
		return report.Run{}, usage("report: %s: %w", file, err)
	}
	r := report.OfCells(cells, catalogue())
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		g := &gateway.Definition{Name: v.Gateway}
		v.Replay = runner.Replay(runner.Job{Experiment: v.ID, Gateway: g, Setting: v.Setting}, world.Root)
	}
	return r, nil
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
	return a.end(r, a.out)
}

// end is what a run comes to: what is worse than in the baseline, if there is one and the run is whole, or else what is
// red.
func (a *app) end(r report.Run, out io.Writer) error {
	if r.Baseline == nil || r.Interrupted {
		return conclude(r)
	}
	return compare(out, report.Diff(*r.Baseline, r))
}
