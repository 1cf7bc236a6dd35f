package markdown

import (
	"fmt"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/report"
)

// logsLegend explains logsTable.
const logsLegend = "Can an operator tell the error type (RFC 9209) from the gateway's most telling line alone? How " +
	"many of the faults of each type are told by it: a line counts as " +
	"telling when at least four in five of the faults under which the gateway logs it are of that type. What differs " +
	"between two runs of the same fault is not compared, " +
	"nor are the routes, addresses and methods, which are the harness's"

// logsTable is, for one setting, how many faults of each error type each gateway's log tells; empty when there was
// none.
func logsTable(r report.Run) string {
	t, all := table.NewWriter(), r.Logs()
	head := table.Row{"error type"}
	for _, c := range r.Columns() {
		head = append(head, markdown(c.Gateway))
	}
	t.AppendHeader(head)
	for _, e := range append(proxystatus.ErrorTypes(), "all") {
		row, some := table.Row{string(e)}, false
		for _, c := range r.Columns() {
			named, of := 0, 0
			for _, v := range r.Verdicts {
				if l, ok := all[c][v.ID]; ok && report.ColumnOf(v) == c && (v.ErrorType == e || e == "all") {
					of++
					if l.Says == report.LogNames {
						named++
					}
				}
			}
			some = some || of > 0
			row = append(row, fmt.Sprintf("%d of %d", named, of))
		}
		if some {
			t.AppendRow(row)
		}
	}
	if t.Length() == 0 {
		return ""
	}
	return t.RenderMarkdown()
}

// confusion is, for one column, the faults' error types × those that the log speaks of; nil when nothing was compared.
func confusion(r report.Run, c report.Column) table.Writer {
	logs, types := r.Logs()[c], []proxystatus.ErrorType{}
	count, heard := map[[2]string]int{}, map[string]bool{}
	for _, v := range r.Verdicts {
		l, ok := logs[v.ID]
		if !ok || report.ColumnOf(v) != c {
			continue
		}
		said := string(l.As)
		switch l.Says {
		case report.LogSilent:
			said = "nothing"
		case report.LogShared:
			said = "several"
		}
		if !slices.Contains(types, v.ErrorType) {
			types = append(types, v.ErrorType)
		}
		count[[2]string{string(v.ErrorType), said}]++
		heard[said] = true
	}
	if len(types) == 0 {
		return nil
	}
	t, head, columns := table.NewWriter(), table.Row{"the fault is ↓, the log says →"}, []string{}
	for _, e := range append(proxystatus.ErrorTypes(), "several", "nothing") {
		if heard[string(e)] {
			head, columns = append(head, string(e)), append(columns, string(e))
		}
	}
	t.AppendHeader(head)
	for _, e := range proxystatus.ErrorTypes() {
		if !slices.Contains(types, e) {
			continue
		}
		row := table.Row{string(e)}
		for _, said := range columns {
			if n := count[[2]string{string(e), said}]; n > 0 {
				row = append(row, n)
			} else {
				row = append(row, "")
			}
		}
		t.AppendRow(row)
	}
	return t
}
