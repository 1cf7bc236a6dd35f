package report

import (
	"fmt"
	"strings"
)

// shownGroups bounds the red cells, those with one reason together, that Annotations lists. GitHub shows ten annotations of a step.
const shownGroups = 50

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
