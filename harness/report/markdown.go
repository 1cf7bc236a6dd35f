package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Markdown returns the run as a reference to read: for each setting a table of experiments × gateways, then the known deviations with their reasons, then what
// was found about each gateway, by its name, in Markdown. A run in which remedies were tried is one of causes × remedies.
func Markdown(r Run, findings map[string]string) string {
	if len(r.remedied().Verdicts) > 0 {
		return r.remediesMarkdown()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What gateways answer\n\nMeasured on %s with Gatequake %s in worlds of the mode %s. Each cell is what a client saw: the status of the telling probe, and how it was judged.\n\n",
		r.Started.Format("2006-01-02"), markdown(r.Tool), markdown(r.World))
	b.WriteString(Look{}.legend(r))
	for _, setting := range r.settings() {
		fmt.Fprintf(&b, "\n## Setting %s\n\n%s\n", markdown(setting), r.of(setting).markdownTable(Look{}.cell))
	}
	for _, setting := range r.settings() {
		if pools := r.pools().of(setting); len(pools.Verdicts) > 0 {
			fmt.Fprintf(&b, "\n## One of two members broken, setting %s\n\n%s.\n\n%s\n", markdown(setting), poolLegend, pools.markdownTable(pool))
		}
	}
	for _, setting := range r.settings() {
		if logs := r.of(setting).logsTable(); logs != "" {
			fmt.Fprintf(&b, "\n## logs-name-the-cause, setting %s\n\n%s.\n\n%s\n", markdown(setting), logsLegend, logs)
		}
	}
	if groups := r.groups(known); len(groups) > 0 {
		b.WriteString("\n## Known deviations\n")
		gateway := ""
		for _, g := range groups {
			if v := g.verdicts[0]; v.Gateway != gateway {
				gateway = v.Gateway
				fmt.Fprintf(&b, "\n### %s %s\n\n", markdown(v.Gateway), markdown(v.Version))
			}
			fmt.Fprintf(&b, "- %s: %s. Seen: %s. In: %s\n", g.in(), markdown(g.reason), g.seen(), g.ids(allIDs))
		}
	}
	b.WriteString(r.chancesMarkdown())
	b.WriteString("\n## Findings\n")
	for _, name := range r.gateways() {
		if text := findings[name]; text != "" {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n", markdown(name), strings.TrimSpace(text))
		}
	}
	return b.String()
}

// chancesMarkdown lists what does not always come out the same, with how often each outcome was counted; empty when
// there is nothing of the kind.
func (r Run) chancesMarkdown() string {
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
	b.WriteString("\n## By chance\n\nWhat does not always come out the same (mixed), with how often each outcome was counted.\n\n")
	for _, e := range order {
		fmt.Fprintf(&b, "- %s %s: %s: %s. In: %s\n", markdown(e.gateway), markdown(distinct(settings[e])), markdown(e.outcomes),
			markdown(e.reason), markdown(distinct(ids[e])))
	}
	return b.String()
}

// distinct joins the words, each once.
func distinct(words []string) string {
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}

// markdown makes text of a gateway or an upstream fit for one line of Markdown: besides what Safe does, no HTML begins in it.
func markdown(s string) string { return strings.ReplaceAll(Safe(s), "<", "&lt;") }

// settings lists the settings of the run's gateways, those that most have first; gateways lists the gateways.
func (r Run) settings() []string {
	all, count := []string{}, map[string]int{}
	for _, c := range r.columns() {
		if count[c.setting]++; count[c.setting] == 1 {
			all = append(all, c.setting)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(b, a) // What a vendor ships comes before what was made of it.
	})
	return all
}

func (r Run) gateways() []string {
	all := []string{}
	for _, c := range r.columns() {
		if !slices.Contains(all, c.gateway) {
			all = append(all, c.gateway)
		}
	}
	return all
}

// of returns the run with the verdicts of one setting only.
func (r Run) of(setting string) Run {
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool { return v.Setting != setting })
	return r
}

func (r Run) markdownTable(cell func(verdict.Verdict) string) string {
	t := table.NewWriter()
	head := table.Row{"experiment", "want"}
	for _, c := range r.columns() {
		head = append(head, markdown(c.gateway+" "+c.version))
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range r.rows() {
		if next.cause != cause {
			cause = next.cause
			t.AppendRow(table.Row{"**" + string(cause) + "**"})
		}
		cells := table.Row{"`" + markdown(next.id) + "`", markdown(next.want)}
		for _, c := range r.columns() {
			if v, ok := next.cells[c]; ok {
				cells = append(cells, cell(v))
			} else {
				cells = append(cells, notRun)
			}
		}
		t.AppendRow(cells)
	}
	return t.RenderMarkdown()
}

// in lists the settings of the group's verdicts; seen lists what was observed.
func (g *group) in() string {
	return g.each(func(v verdict.Verdict) string { return v.Setting })
}

func (g *group) seen() string {
	return clip(g.each(func(v verdict.Verdict) string { return v.Observed }), shownReason)
}

func (g *group) each(of func(verdict.Verdict) string) string {
	all := []string{}
	for _, v := range g.verdicts {
		if s := markdown(of(v)); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}
