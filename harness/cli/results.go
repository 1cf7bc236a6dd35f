package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/report"
)

// readResults reads a results.json. What is the name of the command or flag that names the file.
func readResults(what, file string) (report.Run, error) {
	doc, err := foreign.Read(file, report.MaxResults)
	if err != nil {
		return report.Run{}, usage("%s: %s: %s; want a results.json that run wrote", what, file, reason(err, ""))
	}
	r, err := report.Read(doc, catalogue())
	if err != nil {
		return r, usage("%s: %s: %w", what, file, err)
	}
	return r, nil
}

// files refuses any other number of arguments than n.
func files(n int, want string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s: got %d arguments, want %s", c.Name(), len(args), want)
		}
		return nil
	}
}
