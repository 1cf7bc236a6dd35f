package formats

import (
	"github.com/gatequake/gatequake/harness/report"
)

func init() {
	report.Register(report.Format{
		Name: "json", File: report.ResultsFile, About: "all that was seen and concluded, for programs",
		Write: whole(report.JSON),
	})
}
