package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// helpWords are the outcomes as short as a cell has them.
var helpWords = map[record.Help]string{record.Effective: "helps", record.Ineffective: "no", record.NotApplicable: "n/a", "": "?"}

// helpLegend explains helpWords.
const helpLegend = "helps: the client is served with it, and is not without it (" + catalog.CheckLogs + ": who reads the log learns the error type)   no: it is not, or would be " +
	"anyway   n/a: there was nothing to try it on, or it cannot be tried"

// remedied returns the part of the run in which remedies were tried.
func (r Run) remedied() Run {
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool { return len(v.Remedies) == 0 })
	return r
}

// remedies lists the remedies that were tried, in the order of the first verdict that has each.
func (r Run) remedies() []string {
	all := []string{}
	for _, v := range r.Verdicts {
		for _, a := range v.Remedies {
			if !slices.Contains(all, a.Remedy) {
				all = append(all, a.Remedy)
			}
		}
	}
	return all
}

// attempt returns what came of the remedy; its zero value when it was not tried.
func attempt(v verdict.Verdict, remedy string) record.RemedyOutcome {
	for _, a := range v.Remedies {
		if a.Remedy == remedy {
			return a
		}
	}
	return record.RemedyOutcome{}
}

// troubleSeen is what the client saw before any remedy.
func troubleSeen(v verdict.Verdict) string {
	for _, a := range v.Remedies {
		if a.Saw != "" {
			return a.Saw
		}
	}
	return ""
}

// remedyTable is, for one column of a run, the causes and blocks × the remedies; cell makes a cell of an outcome, id of an ID, group of a cause.
func (r Run) remedyTable(c column, group, id func(string) string, cell func(record.Help) string) table.Writer {
	t, remedies := table.NewWriter(), r.remedies()
	head := table.Row{"", "the client saw"}
	for _, remedy := range remedies {
		head = append(head, remedy)
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range r.rows() {
		v, ok := next.cells[c]
		if !ok {
			continue
		}
		if next.cause != cause {
			cause = next.cause
			t.AppendRow(table.Row{group(string(cause))})
		}
		row := table.Row{id(next.id), markdown(troubleSeen(v))}
		for _, remedy := range remedies {
			row = append(row, cell(attempt(v, remedy).Outcome))
		}
		t.AppendRow(row)
	}
	return t
}

// because lists why each outcome came, one line for each remedy, outcome and reason, with the causes and blocks that it is about, at most n of them.
func (r Run) because(c column, n int) []string {
	lines := []string{}
	for _, remedy := range r.remedies() {
		for _, h := range []record.Help{record.Effective, record.Ineffective, record.NotApplicable, ""} {
			ids, order := map[string][]string{}, []string{}
			for _, v := range r.Verdicts {
				a := attempt(v, remedy)
				if columnOf(v) != c || a.Remedy == "" || a.Outcome != h {
					continue
				}
				if ids[a.Reason] == nil {
					order = append(order, a.Reason)
				}
				ids[a.Reason] = append(ids[a.Reason], v.ID)
			}
			slices.SortStableFunc(order, func(a, b string) int { return len(ids[b]) - len(ids[a]) })
			for _, reason := range order {
				which := ids[reason]
				shown := strings.Join(which[:min(len(which), n)], ", ")
				if more := len(which) - n; more > 0 {
					shown += fmt.Sprintf(" and %d more", more)
				}
				lines = append(lines, fmt.Sprintf("%s, %s (%d): %s: %s", remedy, helpWords[h], len(which), brief(reason, shownReason), Safe(shown)))
			}
		}
	}
	return lines
}

// remedies writes, for each gateway and setting, the causes × the remedies, and why.
func (l Look) remedies(b *strings.Builder, r Run) {
	kinds := map[record.Help]kind{record.Effective: pass, record.Ineffective: unsupported, record.NotApplicable: unsupported}
	for _, c := range r.columns() {
		t := r.remedyTable(c, l.bold, func(id string) string { return "  " + Safe(id) }, func(h record.Help) string { return l.paint(kinds[h], helpWords[h]) })
		t.SetStyle(plain)
		t.SuppressTrailingSpaces()
		fmt.Fprintf(b, "\n%s\n%s\n", l.bold(Safe(c.gateway+" "+c.version+", setting "+c.setting)), t.Render())
		b.WriteString("\n" + strings.Join(r.because(c, shownIDs), "\n") + "\n")
	}
	b.WriteString("\n" + helpLegend + "\n")
}
