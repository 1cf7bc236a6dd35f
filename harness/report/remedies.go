package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// HelpWord is an outcome as short as a cell has it.
func HelpWord(h record.Help) string {
	return map[record.Help]string{
		record.Effective: "helps", record.Ineffective: "no", record.NotApplicable: "n/a", "": "?",
	}[h]
}

// HelpLegend explains HelpWord.
const HelpLegend = "helps: the client is served with it, and is not without it (" + record.CheckLogs + ": who " +
	"reads the log learns the error type)   no: it is not, or would be " +
	"anyway   n/a: there was nothing to try it on, or it cannot be tried"

// Remedied returns the part of the run in which remedies were tried.
func (r Run) Remedied() Run {
	r.Verdicts = slices.DeleteFunc(
		slices.Clone(r.Verdicts),
		func(v verdict.Verdict) bool { return len(v.Remedies) == 0 },
	)
	return r
}

// RemediesTried lists the remedies that were tried, in the order of the first verdict that has each.
func (r Run) RemediesTried() []string {
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

// Attempt returns what came of the remedy; its zero value when it was not tried.
func Attempt(v verdict.Verdict, remedy string) record.RemedyOutcome {
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

// RemedyTable is, for one column of a run, the causes and blocks × the remedies; cell makes a cell of an
// outcome, id of an ID, group of a cause, text of what a client saw.
func (r Run) RemedyTable(c Column, group, id, text func(string) string, cell func(record.Help) string) table.Writer {
	t, remedies := table.NewWriter(), r.RemediesTried()
	head := table.Row{"", "the client saw"}
	for _, remedy := range remedies {
		head = append(head, remedy)
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range r.Rows() {
		v, ok := next.Cells[c]
		if !ok {
			continue
		}
		if next.Cause != cause {
			cause = next.Cause
			t.AppendRow(table.Row{group(string(cause))})
		}
		row := table.Row{id(next.ID), text(troubleSeen(v))}
		for _, remedy := range remedies {
			row = append(row, cell(Attempt(v, remedy).Outcome))
		}
		t.AppendRow(row)
	}
	return t
}

// Because lists why each outcome came, one line for each remedy, outcome and reason, with the causes and blocks that
// it is about, at most n of them.
func (r Run) Because(c Column, n int) []string {
	lines := []string{}
	for _, remedy := range r.RemediesTried() {
		for _, h := range []record.Help{record.Effective, record.Ineffective, record.NotApplicable, ""} {
			ids, order := map[string][]string{}, []string{}
			for _, v := range r.Verdicts {
				a := Attempt(v, remedy)
				if ColumnOf(v) != c || a.Remedy == "" || a.Outcome != h {
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
				lines = append(
					lines,
					fmt.Sprintf(
						"%s, %s (%d): %s: %s",
						remedy,
						HelpWord(h),
						len(which),
						Brief(reason, ShownReason),
						Safe(shown),
					),
				)
			}
		}
	}
	return lines
}
