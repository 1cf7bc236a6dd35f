package console

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
)

// RemediesTried writes, for each gateway and setting, the causes × the remedies, and why.
func (l Style) remedies(b *strings.Builder, r report.Run) {
	kinds := map[record.Help]report.Kind{
		record.Effective:     report.Pass,
		record.Ineffective:   report.Unsupported,
		record.NotApplicable: report.Unsupported,
	}
	for _, c := range r.Columns() {
		t := r.RemedyTable(c, l.bold, func(id string) string { return "  " + report.Safe(id) }, report.Safe,
			func(h record.Help) string { return l.paint(kinds[h], report.HelpWord(h)) })
		t.SetStyle(plain)
		t.SuppressTrailingSpaces()
		fmt.Fprintf(b, "\n%s\n%s\n", l.bold(report.Safe(c.Gateway+" "+c.Version+", setting "+c.Setting)), t.Render())
		b.WriteString("\n" + strings.Join(r.Because(c, report.ShownIDs), "\n") + "\n")
	}
	b.WriteString("\n" + report.HelpLegend + "\n")
}
