// Package github writes what is red in a run as GitHub Actions shows it.
package github

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// shownGroups bounds the red cells, those with one reason together, that Annotations lists. GitHub shows ten
// annotations of a step.
const shownGroups = 50

// Annotations returns a workflow command of GitHub Actions for everything red
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions). What is wrong with a gateway of
// the user's own stands at the line of its configuration, where that is known.
func Annotations(r report.Run) string {
	var b strings.Builder
	own, others := r.Targeted()
	findings := own.Findings()
	for _, f := range findings[:min(len(findings), shownGroups)] {
		at := ""
		if lines := f.Lines(); len(lines) > 0 {
			at = fmt.Sprintf("file=%s,line=%d,", property(lines[0].File), lines[0].Number)
		}
		says := report.Clip(f.What, report.ShownReason)
		if f.Fix != nil {
			says += "; fix: " + f.Fix.Says
		}
		fmt.Fprintf(&b, "::error %stitle=%s::%s\n", at, property(string(f.Harm)), data(says+"; "+f.Replay))
	}
	others.Verdicts = append(others.Verdicts, unclear(own)...)
	red := others.Red()
	for _, g := range red[:min(len(red), shownGroups)] {
		title := g.IDs(report.ShownIDs) + " on " + g.Who()
		fmt.Fprintf(&b, "::error title=%s::%s\n", property(title),
			data(report.Clip(g.Reason, report.ShownReason)+"; "+g.Verdicts[0].Replay))
	}
	return b.String()
}

// unclear lists what could not be told.
func unclear(r report.Run) (all []verdict.Verdict) {
	for _, v := range r.Verdicts {
		if report.KindOf(v) == report.Inconclusive {
			all = append(all, v)
		}
	}
	return all
}

// data and property escape what stands in a workflow command, as actions/toolkit does (packages/core/src/command.ts).
func data(s string) string { return strings.ReplaceAll(report.Safe(s), "%", "%25") }

func property(s string) string { return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s)) }
