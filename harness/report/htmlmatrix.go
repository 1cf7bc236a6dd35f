package report

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/verdict"
)

// htmlGroup is the rows of one cause; htmlRow an experiment in every column; htmlCell what came of it there. A cell that was not run has no link.
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

func (r Run) htmlColumns() []htmlColumn {
	all := []htmlColumn{}
	for _, c := range r.columns() {
		all = append(all, htmlColumn{c.gateway, c.version, c.setting})
	}
	return all
}

func (r Run) htmlGroups() []htmlGroup {
	place := map[string]int{}
	for i, v := range r.Verdicts {
		place[cellHref(v)] = i
	}
	groups := []htmlGroup{}
	for _, next := range r.rows() {
		if n := len(groups); n == 0 || groups[n-1].Cause != string(next.cause) {
			groups = append(groups, htmlGroup{Cause: string(next.cause)})
		}
		row := htmlRow{ID: next.id, Want: next.want}
		for _, c := range r.columns() {
			v, ok := next.cells[c]
			if !ok {
				row.Cells = append(row.Cells, htmlCell{})
				continue
			}
			row.Title = v.Title
			if row.Wants == "" {
				row.Wants = under(v, func(u verdict.Under) string { return want(u.Expected) })
			}
			row.Cells = append(row.Cells, htmlCell{
				N: place[cellHref(v)], Href: cellHref(v), Kind: kindClasses[kindOf(v)], Text: Look{}.cell(v), Label: strings.TrimPrefix(Word(v)+", "+kindWords[kindOf(v)], ", "),
				Under: under(v, func(u verdict.Under) string { return u.Result.String() }),
			})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return groups
}

// under is what the policies that are not the verdict's own say of it.
func under(v verdict.Verdict, says func(verdict.Under) string) string {
	parts := []string{}
	for _, u := range v.Under {
		if u.Policy != v.Policy {
			parts = append(parts, u.Policy+":"+says(u))
		}
	}
	return strings.Join(parts, " ")
}

// cellHref is the link to a cell: what can stand in a fragment (RFC 3986, section 3.5) stands there as it is, so that people can read it.
func cellHref(v verdict.Verdict) string {
	return "#cell=" + readable.Replace(url.QueryEscape(v.Gateway+"/"+v.Setting+"/"+v.ID))
}

var readable = strings.NewReplacer("+", "%20", "%2F", "/", "%2B", "+", "%40", "@", "%7E", "~")

// filter is a choice of what the matrix shows.
type filter struct {
	Name, Label, All string
	Options          []option
}

type option struct{ Value, Text string }

func (r Run) filters() []filter {
	causes, gateways, settings, kinds := []string{}, []string{}, []string{}, []kind{}
	for _, v := range r.Verdicts {
		causes, gateways, settings = once(causes, string(v.Cause)), once(gateways, v.Gateway), once(settings, v.Setting)
		kinds = once(kinds, kindOf(v))
	}
	verdicts := filter{Name: "verdict", Label: "Verdict", All: "all"}
	for _, m := range meanings {
		if slices.Contains(kinds, m.kind) {
			verdicts.Options = append(verdicts.Options, option{kindClasses[m.kind], marks[m.kind] + " " + kindWords[m.kind]})
		}
	}
	return []filter{
		plainFilter("cause", "Cause", "all", causes), plainFilter("gateway", "Gateway", "all", gateways), plainFilter("setting", "Setting", "all", settings), verdicts,
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

func (r Run) htmlLegend() []legendEntry {
	all := []legendEntry{}
	for _, m := range meanings {
		all = append(all, legendEntry{kindClasses[m.kind], marks[m.kind], m.text})
	}
	all = append(all, legendEntry{"", notRun, "not run"})
	for _, s := range said {
		all = append(all, legendEntry{"", s.word, s.text})
	}
	return all
}
