package cli

import (
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/report"
)

func (a *app) matrix() *cobra.Command {
	cells := false
	c := &cobra.Command{
		Use: "matrix FILE", Short: "Print a results.json as a reference in Markdown",
		Long: "Prints the matrix of a run in Markdown: a table for each setting, the known deviations with their reasons, and what each gateway's folder says was found.",
		Args: files(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := readResults("matrix", args[0])
			if err != nil {
				return err
			}
			out := []byte(report.Markdown(r, findings()))
			if cells {
				if out, err = report.Cells(r); err != nil {
					return unclear(err)
				}
			}
			if _, err := a.out.Write(out); err != nil {
				return unclear(err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&cells, "json", false, "print the cells as JSON, one a line, without their evidence")
	return c
}

// findings returns, for each gateway, what stands in its folder's README below the heading Findings.
func findings() map[string]string {
	all := map[string]string{}
	readmes, err := fs.Glob(fixtures.Gateways(), "*/README.md")
	if err != nil {
		panic(err) // Only a malformed pattern leads here.
	}
	for _, file := range readmes {
		text, err := fs.ReadFile(fixtures.Gateways(), file)
		if err != nil {
			panic(err) // The files are embedded.
		}
		_, found, _ := strings.Cut(string(text), "\n## Findings\n")
		found, _, _ = strings.Cut(found, "\n## ")
		all[path.Dir(file)] = found
	}
	return all
}
