package markdown

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// summaryBytes bounds a Summary, and as much again a SummaryOfChanges: GitHub takes comments of up to 65536
// characters, and one may have both.
const summaryBytes = 32 << 10

// Summary returns what a person wants to read first, in Markdown of at most 32 KiB: the sums, and what is red, with the
// reason and the command that shows it again; behind it what changed since the run's baseline, if it has one. It
// suits a comment on a change and the summary of a pipeline's step. What a gateway or an upstream wrote stands in it
// as code: it can neither make a link nor an image, nor call anybody.
func Summary(r report.Run) string {
	_, word, why := r.Headline()
	head := fmt.Sprintf("### Gatequake: %s\n\n%s\n\n%s\n", word, why, strings.TrimSpace(r.Sums(report.Plainly)))
	if strained := r.Strained(); strained != "" {
		head += "\n" + strained
	}
	if r.Interrupted {
		head += fmt.Sprintf(
			"\n**Interrupted** after %d of %d experiments: this is partial.\n",
			len(r.Verdicts),
			r.Planned,
		)
	}
	rows := []string{}
	for _, f := range r.Findings() {
		rows = append(rows, row(f))
	}
	own, others := r.Targeted()
	for _, g := range append(others.Red(), own.Groups(report.Inconclusive)...) {
		first := g.Verdicts[0]
		rows = append(
			rows,
			fmt.Sprintf("| %s | %s | %s | %s<br>%s |\n", report.KindOf(first).Mark(), code(g.Who()),
				code(g.IDs(report.ShownIDs)), code(g.Reason), code(first.Replay)),
		)
	}
	text := fitting(head, "| | gateway | experiments | why |\n| --- | --- | --- | --- |\n", rows)
	if r.Baseline != nil && !r.Interrupted {
		text += "\n" + SummaryOfChanges(report.Diff(*r.Baseline, r))
	}
	return text
}

// SummaryOfChanges returns what changed since an earlier run, in Markdown of at most 32 KiB, the worst first.
func SummaryOfChanges(changes []report.Change) string {
	rows := []string{}
	for _, c := range changes {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", c.Kind, code(c.Cell), code(c.From), code(c.To)))
	}
	return fitting("#### Since the baseline\n\n"+report.ChangeSums(changes),
		"| | experiment | was | is |\n| --- | --- | --- | --- |\n", rows)
}

// fitting returns the text with a table below it, of as many of the rows as there is room for.
func fitting(text, head string, rows []string) string {
	const room = summaryBytes - 100 // for the line that counts the rest
	if len(rows) == 0 {
		return text
	}
	text += "\n" + head
	for i, row := range rows {
		if len(text)+len(row) > room {
			return fmt.Sprintf("%s\nAnd %d more.\n", text, len(rows)-i)
		}
		text += row
	}
	return text
}

var (
	ticks = regexp.MustCompile("`+")
	// A backslash keeps a pipe from ending a cell, in code too; one that stands there already would escape the backslash.
	pipes = strings.NewReplacer(`\|`, `\ \|`, "|", `\|`)
)

// code makes text of a gateway or an upstream a span of code in a cell of a table.
func code(s string) string {
	s = pipes.Replace(report.Brief(s, report.ShownReason))
	fence := "`"
	for _, run := range ticks.FindAllString(s, -1) {
		fence += run // Longer than any run in s.
	}
	if fence != "`" || s == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// row is a finding in a table of Markdown, as code.
func row(f report.Finding) string {
	why := []string{code(string(f.Harm))}
	for _, h := range f.Heads() {
		if h[0] != "at" && h[0] != "in" {
			why = append(why, code(h[0]+": "+h[1]))
		}
	}
	if f.Fix != nil {
		why = append(why, code("fix: "+f.Fix.Says+"; put into "+f.Fix.Place+":"))
		for line := range strings.Lines(f.Fix.Snippet) {
			why = append(why, code(strings.TrimRight(line, "\n")))
		}
		why = append(why, code(f.Fix.Link))
	}
	why = append(why, code(f.Replay))
	return fmt.Sprintf("| %s | %s | %s | %s |\n", report.Fail.Mark(), code(strings.Join(f.Targets, "; ")),
		code(report.ShownCells(f)), strings.Join(why, "<br>"))
}
