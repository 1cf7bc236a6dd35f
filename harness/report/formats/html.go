package formats

import (
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/html"
)

func init() {
	report.Register(report.Format{
		Name: "html", File: "index.html", About: "a page for a browser, which needs no network",
		Write: whole(html.Page),
	})
}
