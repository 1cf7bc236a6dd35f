package formats

import (
	"io"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

func init() {
	report.Register(report.Format{
		Name: "matrix", About: "every cell, each known deviation and what was found, in Markdown",
		Write: func(w io.Writer, r report.Run) error {
			_, err := io.WriteString(w, markdown.Matrix(r))
			return err
		},
	})
}
