// Package formats holds the forms that a run can be written in, one file for each, which registers itself with package
// report: the files of a report, report --format, its help and the tests take them from there.
package formats

import (
	"io"

	"github.com/gatequake/gatequake/harness/report"
)

// whole writes what makes a run's report as a whole.
func whole(made func(report.Run) ([]byte, error)) func(io.Writer, report.Run) error {
	return func(w io.Writer, r report.Run) error {
		doc, err := made(r)
		if err == nil {
			_, err = w.Write(doc)
		}
		return err
	}
}
