package report

import (
	"fmt"
	"regexp"
	"strings"
)

// summaryBytes bounds a Summary, and as much again a SummaryOfChanges: GitHub takes comments of up to 65536 characters, and one may have both.
const summaryBytes = 32 << 10

// Summary returns what a person wants to read first, in Markdown of at most 32 KiB: the sums, and what is red, with the reason and the command that shows it
// again. It suits a comment on a change and the summary of a pipeline's step. What a gateway or an upstream wrote stands in it as code: it can neither make a
// link nor an image, nor call anybody.
func Summary(r Run) string {
	head := fmt.Sprintf("### Gatequake\n\n%s\n", strings.TrimSpace(Look{}.sums(r)))
	if strained := r.strained(); strained != "" {
		head += "\n" + strained
	}
	if r.Interrupted {
		head += fmt.Sprintf("\n**Interrupted** after %d of %d experiments: this is partial.\n", len(r.Verdicts), r.Planned)
	}
	rows := []string{}
	for _, a := range r.aims() {
		for _, h := range a.Harms {
			rows = append(rows, a.row(h))
		}
	}
	own, others := r.targeted()
	for _, g := range append(others.red(), own.groups(inconclusive)...) {
		first := g.verdicts[0]
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s<br>%s |\n", marks[kindOf(first)], code(g.who()), code(g.ids(shownIDs)), code(g.reason), code(first.Replay)))
	}
	return fitting(head, "| | gateway | experiments | why |\n| --- | --- | --- | --- |\n", rows)
}

// summary is Summary as a file of the report.
func summary(r Run) ([]byte, error) { return []byte(Summary(r)), nil }

// SummaryOfChanges returns what changed since an earlier run, in Markdown of at most 32 KiB, the worst first.
func SummaryOfChanges(changes []Change) string {
	rows := []string{}
	for _, c := range changes {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", c.Kind, code(c.Cell), code(c.From), code(c.To)))
	}
	return fitting("#### Since the baseline\n\n"+sums(changes), "| | experiment | was | is |\n| --- | --- | --- | --- |\n", rows)
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
	s = pipes.Replace(brief(s, shownReason))
	fence := "`"
	for _, run := range ticks.FindAllString(s, -1) {
		fence += run // Longer than any run in s.
	}
	if fence != "`" || s == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}
