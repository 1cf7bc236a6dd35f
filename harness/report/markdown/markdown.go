// Package markdown writes a run as Markdown: a short summary, and references to read.
package markdown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Matrix returns the run as a reference to read: for each setting a table of experiments × gateways, then the known
// deviations with their reasons, then what was found about each gateway, by its name, in Markdown. A run in which
// remedies were tried is one of causes × remedies.
func Matrix(r report.Run) string {
	if len(r.Remedied().Verdicts) > 0 {
		return remediesMarkdown(r)
	}
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"# What gateways answer\n\nMeasured on %s with Gatequake %s %s. Each cell is what a client "+
			"saw: the status of the telling probe, and how it was judged.\n\n",
		r.Started.Format("2006-01-02"),
		markdown(r.Tool),
		r.Where(),
	)
	b.WriteString(r.Legend(report.Plainly))
	for _, setting := range r.Settings() {
		fmt.Fprintf(&b, "\n## Setting %s\n\n%s\n", markdown(setting), markdownTable(r.Of(setting), report.CellText))
	}
	for _, setting := range r.Settings() {
		if pools := r.Pools().Of(setting); len(pools.Verdicts) > 0 {
			fmt.Fprintf(
				&b,
				"\n## One of two members broken, setting %s\n\n%s.\n\n%s\n",
				markdown(setting),
				report.PoolLegend,
				markdownTable(pools, report.PoolCell),
			)
		}
	}
	for _, setting := range r.Settings() {
		if logs := logsTable(r.Of(setting)); logs != "" {
			fmt.Fprintf(
				&b,
				"\n## logs-name-the-cause, setting %s\n\n%s.\n\n%s\n",
				markdown(setting),
				logsLegend,
				logs,
			)
		}
	}
	if groups := r.Groups(report.Known); len(groups) > 0 {
		b.WriteString("\n## Known deviations\n")
		gateway := ""
		for _, g := range groups {
			if v := g.Verdicts[0]; v.Gateway != gateway {
				gateway = v.Gateway
				fmt.Fprintf(&b, "\n### %s %s\n\n", markdown(v.Gateway), markdown(v.Version))
			}
			fmt.Fprintf(&b, "- %s: %s. Seen: %s. In: %s\n", in(g), markdown(g.Reason), seen(g), g.IDs(report.AllIDs))
		}
	}
	b.WriteString(chancesMarkdown(r))
	b.WriteString("\n## Findings\n")
	for _, name := range r.Gateways() {
		if text := r.Catalogue.Findings[name]; text != "" {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n", markdown(name), strings.TrimSpace(text))
		}
	}
	return b.String()
}

// chancesMarkdown lists what does not always come out the same, with how often each outcome was counted; empty when
// there is nothing of the kind.
func chancesMarkdown(r report.Run) string {
	type entry struct{ gateway, outcomes, reason string }
	order, settings, ids := []entry{}, map[entry][]string{}, map[entry][]string{}
	for _, v := range r.Verdicts {
		if v.Chance == nil {
			continue
		}
		e := entry{v.Gateway, v.Chance.String(), v.Chance.Reason}
		if ids[e] == nil {
			order = append(order, e)
		}
		ids[e], settings[e] = append(ids[e], v.ID), append(settings[e], v.Setting)
	}
	if len(order) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(
		"\n## By chance\n\nWhat does not always come out the same (mixed), with how often each outcome was counted.\n\n",
	)
	for _, e := range order {
		fmt.Fprintf(&b, "- %s %s: %s: %s. In: %s\n", markdown(e.gateway), markdown(distinct(settings[e])),
			markdown(e.outcomes), markdown(e.reason), markdown(distinct(ids[e])))
	}
	return b.String()
}

// distinct joins the words, each once.
func distinct(words []string) string {
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}

// markdown makes text of a gateway or an upstream fit for one line of Markdown: besides what Safe does, no HTML begins
// in it.
func markdown(s string) string { return strings.ReplaceAll(report.Safe(s), "<", "&lt;") }

func markdownTable(r report.Run, cell func(verdict.Verdict) string) string {
	t := table.NewWriter()
	head := table.Row{"experiment", "want"}
	for _, c := range r.Columns() {
		head = append(head, markdown(c.Gateway+" "+c.Version))
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range r.Rows() {
		if next.Cause != cause {
			cause = next.Cause
			t.AppendRow(table.Row{"**" + string(cause) + "**"})
		}
		cells := table.Row{"`" + markdown(next.ID) + "`", markdown(next.Want)}
		for _, c := range r.Columns() {
			if v, ok := next.Cells[c]; ok {
				cells = append(cells, cell(v))
			} else {
				cells = append(cells, report.NotRun)
			}
		}
		t.AppendRow(cells)
	}
	return t.RenderMarkdown()
}

// in lists the settings of the group's verdicts; seen lists what was observed.
func in(g *report.Group) string {
	return each(g, func(v verdict.Verdict) string { return v.Setting })
}

func seen(g *report.Group) string {
	return report.Clip(each(g, func(v verdict.Verdict) string { return v.Observed }), report.ShownReason)
}

func each(g *report.Group, of func(verdict.Verdict) string) string {
	all := []string{}
	for _, v := range g.Verdicts {
		if s := markdown(of(v)); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}
