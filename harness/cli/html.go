package cli

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) html() *cobra.Command {
	dir := ""
	c := &cobra.Command{
		Use: "html FILE", Short: "Write a results.json as a page for a browser",
		Long: "Writes index.html, one file that needs no network, of a results.json, as run does, or of the cells that matrix --json printed, without their evidence.",
		Args: files(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := readCells(args[0])
			if err != nil {
				return err
			}
			if err := report.Ready(dir); err != nil {
				return usage("--report: %w; choose another folder", err)
			}
			if err := report.WriteHTML(dir, r); err != nil {
				return unclear(err)
			}
			a.say("Report: %s/%s", dir, report.HTMLFile)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "report", "report", "`DIR` for index.html")
	return c
}

// readCells reads a results.json, or what matrix --json made of one.
func readCells(file string) (report.Run, error) {
	doc, err := foreign.Read(file, report.MaxResults)
	if err != nil || !bytes.HasPrefix(doc, []byte(`{"schema":"`+report.CellsSchema+`"`)) {
		return readResults("html", file)
	}
	cells, err := report.ReadCells(doc)
	if err != nil {
		return report.Run{}, usage("html: %s: %w", file, err)
	}
	r := report.OfCells(cells)
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		v.Replay = runner.Replay(runner.Job{Experiment: v.ID, Gateway: &gateway.Definition{Name: v.Gateway}, Setting: v.Setting}, world.Root)
	}
	return r, nil
}
