package report

import (
	"fmt"
	"strings"
)

// shownGroups bounds the red cells, those with one reason together, that Summary and Annotations list. GitHub shows ten annotations of a step, and a summary of
// 1 MiB.
const shownGroups = 50

// Summary returns what a person wants to read first, in Markdown: the sums, and what is red, with the reason and the command that shows it again. It suits a
// comment on a change and the summary of a pipeline's step.
func Summary(r Run) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Gatequake\n\n%s\n", markdown(strings.TrimSpace(Look{}.sums(r))))
	red := r.red()
	if len(red) == 0 {
		return b.String()
	}
	b.WriteString("\n| | gateway | experiments | why |\n| --- | --- | --- | --- |\n")
	for _, g := range red[:min(len(red), shownGroups)] {
		first := g.verdicts[0]
		why := strings.ReplaceAll(markdown(clip(g.reason, shownReason)), "|", `\|`)
		fmt.Fprintf(&b, "| %s | %s | %s | %s<br>`%s` |\n", marks[kindOf(first)], markdown(g.who()), g.ids(shownIDs), why, Safe(first.Replay))
	}
	if more := len(red) - shownGroups; more > 0 {
		fmt.Fprintf(&b, "\nAnd %d more.\n", more)
	}
	return b.String()
}

// Annotations returns a workflow command of GitHub Actions for everything red
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
func Annotations(r Run) string {
	var b strings.Builder
	red := r.red()
	for _, g := range red[:min(len(red), shownGroups)] {
		title := g.ids(shownIDs) + " on " + g.who()
		fmt.Fprintf(&b, "::error title=%s::%s\n", property(title), data(clip(g.reason, shownReason)+"; "+g.verdicts[0].Replay))
	}
	return b.String()
}

// red lists what turns the run red, the broken promises first.
func (r Run) red() []*group { return append(r.groups(fail), r.groups(inconclusive)...) }

// data and property escape what stands in a workflow command, as actions/toolkit does (packages/core/src/command.ts).
func data(s string) string { return strings.ReplaceAll(Safe(s), "%", "%25") }

func property(s string) string { return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s)) }
