package console

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// cell puts a verdict into a cell: what a client saw, and the mark.
func (l Style) cell(v verdict.Verdict) string {
	return l.paint(report.KindOf(v), report.CellText(v))
}

// matrix renders experiments × gateways, as many tables below each other as the width asks for.
func (l Style) matrix(r report.Run, cell func(verdict.Verdict) string) string {
	rows, columns, tables := r.Rows(), r.Columns(), []string{}
	for len(columns) > 0 {
		n := l.fit(rows, columns, cell)
		tables = append(tables, l.table(rows, columns[:n], cell))
		columns = columns[n:]
	}
	return strings.Join(tables, "\n")
}

// fit returns how many of the columns a line can hold; at least one.
func (l Style) fit(rows []*report.Row, columns []report.Column, cell func(verdict.Verdict) string) int {
	n := len(columns)
	for l.Width > 0 && n > 1 && text.LongestLineLen(l.table(rows, columns[:n], cell)) > l.Width {
		n--
	}
	return n
}

func (l Style) table(rows []*report.Row, columns []report.Column, cell func(verdict.Verdict) string) string {
	t := table.NewWriter()
	t.SetStyle(plain)
	t.SuppressTrailingSpaces()
	// Versions have a line of their own: columns stay narrow.
	head := table.Row{"", "\n\nwant"}
	for _, c := range columns {
		head = append(head, report.Safe(c.Gateway)+"\n"+report.Safe(c.Version)+"\n"+report.Safe(c.Setting))
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range rows {
		if next.Cause != cause {
			cause = next.Cause
			t.AppendRow(table.Row{l.bold(string(cause))})
		}
		cells := table.Row{"  " + report.Safe(next.Name), report.Safe(next.Want)}
		for _, c := range columns {
			if v, ok := next.Cells[c]; ok {
				cells = append(cells, cell(v))
			} else {
				cells = append(cells, l.paint(report.Unsupported, report.NotRun))
			}
		}
		t.AppendRow(cells)
	}
	return t.Render() + "\n"
}

// plain is a table without borders: two spaces between columns, a rule below the head.
var plain = table.Style{
	Name: "plain",
	Box:  table.BoxStyle{MiddleHorizontal: "─", MiddleSeparator: "─", PaddingRight: "  "},
	Options: table.Options{
		SeparateHeader: true,
	},
}
