package formats

import (
	"io"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/console"
)

func init() {
	report.Register(report.Format{
		Name: "console", About: "the matrix and what is red, as run prints it",
		Write: func(w io.Writer, r report.Run) error {
			return console.Write(w, r, console.StyleOf(w))
		},
	})
}
