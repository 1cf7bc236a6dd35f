package formats

import (
	"io"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

func init() {
	report.Register(report.Format{
		Name: "markdown", File: "report.md", Compares: true,
		About: "the sums and what is red, in 64 KiB of Markdown at most, for a comment on a change",
		Write: func(w io.Writer, r report.Run) error {
			_, err := io.WriteString(w, markdown.Summary(r))
			return err
		},
	})
}
