// Package github writes what is red in a run as GitHub Actions shows it.
package github

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// shownGroups bounds the red cells, those with one reason together, that Annotations lists. GitHub shows ten
// annotations of a step.
const shownGroups = 50

// Annotations returns a workflow command of GitHub Actions for everything red
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
func Annotations(r report.Run) string {
	var b strings.Builder
	red := r.Red()
	for _, g := range red[:min(len(red), shownGroups)] {
		title := g.IDs(report.ShownIDs) + " on " + g.Who()
		fmt.Fprintf(&b, "::error title=%s::%s\n", property(title),
			data(report.Clip(g.Reason, report.ShownReason)+"; "+g.Verdicts[0].Replay))
	}
	return b.String()
}

// data and property escape what stands in a workflow command, as actions/toolkit does (packages/core/src/command.ts).
func data(s string) string { return strings.ReplaceAll(report.Safe(s), "%", "%25") }

func property(s string) string { return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s)) }
