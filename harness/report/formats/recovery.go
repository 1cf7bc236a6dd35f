package formats

import (
	"io"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

func init() {
	report.Register(report.Format{
		Name: "recovery", About: "how long failures outlast their cause, of a run with --repeat, in Markdown",
		Write: func(w io.Writer, r report.Run) error {
			text, err := markdown.Recovery(r)
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			return err
		},
	})
}
