package html

import (
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// htmlGroup is the rows of one cause; htmlRow an experiment in every column; htmlCell what came of it there. A cell
// that was not run has no link.
type (
	htmlGroup struct {
		Cause string
		Rows  []htmlRow
	}
	htmlRow struct {
		ID, Title, Want string
		// Wants is what other policies want: "document:502 rfc9209:504".
		Wants string
		Cells []htmlCell
	}
	htmlCell struct {
		// N is the cell's place in the page's data.
		N                       int
		Href, Kind, Text, Label string
		// Under is what other policies make of it: "document:pass rfc9209:fail".
		Under string
	}
)

// htmlColumn is one gateway in one setting.
type htmlColumn struct{ Gateway, Version, Setting string }

func htmlColumns(r report.Run) []htmlColumn {
	all := []htmlColumn{}
	for _, c := range r.Columns() {
		all = append(all, htmlColumn{c.Gateway, c.Version, c.Setting})
	}
	return all
}

func htmlGroups(r report.Run) []htmlGroup {
	place := map[string]int{}
	for i, v := range r.Verdicts {
		place[cellHref(v)] = i
	}
	groups := []htmlGroup{}
	for _, next := range r.Rows() {
		if n := len(groups); n == 0 || groups[n-1].Cause != string(next.Cause) {
			groups = append(groups, htmlGroup{Cause: string(next.Cause)})
		}
		row := htmlRow{ID: next.ID, Want: next.Want}
		for _, c := range r.Columns() {
			v, ok := next.Cells[c]
			if !ok {
				row.Cells = append(row.Cells, htmlCell{})
				continue
			}
			row.Title = v.Title
			if row.Wants == "" {
				row.Wants = under(v, func(u verdict.Under) string { return report.Want(u.Expected) })
			}
			row.Cells = append(row.Cells, htmlCell{
				N:     place[cellHref(v)],
				Href:  cellHref(v),
				Kind:  report.KindOf(v).Class(),
				Text:  report.CellText(v),
				Label: strings.TrimPrefix(report.Word(v)+", "+report.KindOf(v).String(), ", "),
				Under: under(v, func(u verdict.Under) string { return u.Result.String() }),
			})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return groups
}

// Under is what the policies that are not the verdict's own say of it.
func under(v verdict.Verdict, says func(verdict.Under) string) string {
	parts := []string{}
	for _, u := range v.Under {
		if u.Policy != v.Policy {
			parts = append(parts, u.Policy+":"+says(u))
		}
	}
	return strings.Join(parts, " ")
}

// filter is a choice of what the matrix shows.
type filter struct {
	Name, Label, All string
	Options          []option
}

type option struct{ Value, Text string }

func filters(r report.Run) []filter {
	causes, gateways, settings, kinds := []string{}, []string{}, []string{}, []report.Kind{}
	for _, v := range r.Verdicts {
		causes, gateways, settings = once(
			causes,
			string(v.Cause),
		), once(
			gateways,
			v.Gateway,
		), once(
			settings,
			v.Setting,
		)
		kinds = once(kinds, report.KindOf(v))
	}
	verdicts := filter{Name: "verdict", Label: "Verdict", All: "all"}
	for _, k := range report.Kinds() {
		if slices.Contains(kinds, k) {
			verdicts.Options = append(verdicts.Options, option{k.Class(), k.Mark() + " " + k.String()})
		}
	}
	return []filter{
		plainFilter(
			"cause",
			"Cause",
			"all",
			causes,
		), plainFilter("gateway", "Gateway", "all", gateways), plainFilter("setting", "Setting", "all", settings), verdicts,
		plainFilter("policy", "Judged by the policy", "of the run", policies(r.Verdicts)),
	}
}

func plainFilter(name, label, all string, values []string) filter {
	f := filter{Name: name, Label: label, All: all}
	for _, v := range values {
		f.Options = append(f.Options, option{v, v})
	}
	return f
}

// once appends v unless it is there.
func once[T comparable](all []T, v T) []T {
	if slices.Contains(all, v) {
		return all
	}
	return append(all, v)
}

// legendEntry explains a mark or a word of the matrix.
type legendEntry struct{ Kind, Sign, Text string }

func htmlLegend() []legendEntry {
	all := []legendEntry{}
	for _, k := range report.Kinds() {
		all = append(all, legendEntry{k.Class(), k.Mark(), k.Meaning()})
	}
	all = append(all, legendEntry{"", report.NotRun, "not run"})
	for _, t := range report.Terms() {
		all = append(all, legendEntry{"", t.Word, t.Meaning})
	}
	return all
}
