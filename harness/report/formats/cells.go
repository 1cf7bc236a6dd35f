package formats

import (
	"github.com/gatequake/gatequake/harness/report"
)

func init() {
	report.Register(report.Format{
		Name: "cells", About: "every cell without its evidence, as JSON, one a line",
		Write: whole(report.Cells),
	})
}
