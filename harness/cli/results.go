package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/report"
)

// readResults reads a results.json. What is the name of the command or flag that names the file.
func readResults(what, file string) (report.Run, error) {
	doc, err := readUpTo(file, report.MaxResults+1)
	if err != nil {
		return report.Run{}, usage("%s: %s: %s; want a results.json that run wrote", what, file, reason(err, ""))
	}
	r, err := report.Read(doc)
	if err != nil {
		return r, usage("%s: %s: %w", what, file, err)
	}
	return r, nil
}

// readUpTo reads less than n bytes of the file, whatever it is.
func readUpTo(file string, n int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() >= n {
		return nil, fmt.Errorf("got %d bytes, want at most %d", info.Size(), n-1)
	}
	return io.ReadAll(io.LimitReader(f, n))
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
