package markdown

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
)

// confusionLegend explains Run.confusion.
const confusionLegend = "Faults are counted by their error type (RFC 9209) and by what the gateway's most telling " +
	"line says to one who has nothing else: the error type that at " +
	"least four in five of the faults have under which it logs that line, but for what differs between two runs of the " +
	"same fault; several, if no type has so many; nothing, if " +
	"there is no line that is not also there under faults of all kinds. What the log names stands on the diagonal; what " +
	"stands beside it misleads"

// remediesMarkdown returns a run in which remedies were tried as a reference to read.
func remediesMarkdown(r report.Run) string {
	var b strings.Builder
	all := r
	r = r.Remedied()
	fmt.Fprintf(
		&b,
		"# What helps against an error page\n\nMeasured on %s with Gatequake %s %s. In each "+
			"row the world was broken, or the client refused, in one way; a client saw "+
			"what the second column says, and then somebody did what stands at the head of the column, while it lasted, and "+
			"asked again. That it still lasted was proved after each. %s.\n",
		r.Started.Format("2006-01-02"),
		markdown(r.Tool),
		r.Where(),
		strings.ReplaceAll(report.HelpLegend, "   ", "; "),
	)
	fmt.Fprintf(&b, "\n## In short\n\n%s\n", remediesInShort(r).RenderMarkdown())
	for _, c := range r.Columns() {
		name := markdown(c.Gateway + " " + c.Version + ", setting " + c.Setting)
		bold := func(s string) string { return "**" + s + "**" }
		code := func(id string) string { return "`" + markdown(id) + "`" }
		t := r.RemedyTable(c, bold, code, markdown, report.HelpWord)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\nWhy:\n\n", name, t.RenderMarkdown())
		for _, line := range r.Because(c, report.AllIDs) {
			fmt.Fprintf(&b, "- %s\n", markdown(line))
		}
		if t := confusion(r, c); t != nil {
			fmt.Fprintf(
				&b,
				"\nWhich causes the log of %s tells apart:\n\n%s\n",
				markdown(c.Gateway),
				t.RenderMarkdown(),
			)
		}
	}
	fmt.Fprintf(&b, "\n%s.\n", confusionLegend)
	for _, not := range []struct {
		report.Kind
		title string
	}{{report.Unsupported, "Not possible"}, {report.Inconclusive, "Nobody can tell"}} {
		groups := all.Groups(not.Kind)
		if len(groups) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n", not.title)
		}
		for _, g := range groups {
			fmt.Fprintf(&b, "- %s: %s\n", markdown(g.Reason), g.IDs(report.AllIDs))
		}
	}
	return b.String()
}

// remediesInShort counts the outcomes of each remedy, for causes and for blocks.
func remediesInShort(r report.Run) table.Writer {
	t := table.NewWriter()
	head := table.Row{"", ""}
	for _, c := range r.Columns() {
		head = append(head, markdown(c.Gateway+" "+c.Setting))
	}
	t.AppendHeader(head)
	for _, remedy := range r.RemediesTried() {
		for _, of := range []string{"causes", "blocks"} {
			row := table.Row{remedy, of}
			for _, c := range r.Columns() {
				count := map[record.Help]int{}
				for _, v := range r.Verdicts {
					if a := report.Attempt(v, remedy); report.ColumnOf(v) == c && a.Remedy != "" &&
						(v.Cause == cause.Blocked) == (of == "blocks") {
						count[a.Outcome]++
					}
				}
				row = append(
					row,
					fmt.Sprintf("helps %d, no %d, n/a %d", count[record.Effective], count[record.Ineffective],
						count[record.NotApplicable]),
				)
			}
			t.AppendRow(row)
		}
	}
	return t
}
