package console

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// own writes what there is to say of a gateway of the user's own, what is to be done at the end: there a terminal and
// the log of a pipeline are read first.
func (l Style) own(b *strings.Builder, r report.Run) {
	l.limits(b, r)
	l.deviations(b, r, report.Inconclusive, "Could not tell")
	l.findings(b, r)
	if n := r.Counts().Unsupported; n > 0 && !l.Verbose {
		fmt.Fprintf(b, "\n%s not possible with this configuration: --verbose lists them, and every cell\n",
			report.Experiments(n))
	}
}

// limits lists what the gateway's version does in every setting, and why.
func (l Style) limits(b *strings.Builder, r report.Run) {
	groups := r.Groups(report.Known)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Not as it should be, and allowed"))
	for _, g := range groups {
		first := g.Verdicts[0]
		reason := report.Brief(g.Reason, report.ShownReason)
		if first.FixedIn != "" {
			reason += fmt.Sprintf(" (not from version %s on)", report.Safe(first.FixedIn))
		}
		fmt.Fprintf(b, "%s %s\n    in %s\n", l.paint(report.Known, report.Known.Mark()), reason, g.IDs(report.ShownIDs))
	}
}

// findings lists what makes the run fail.
func (l Style) findings(b *strings.Builder, r report.Run) {
	all := r.Findings()
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("What makes the run fail, the worst first"))
	for i, f := range all {
		fmt.Fprintf(b, "\n%s %s\n", l.paint(report.Fail, fmt.Sprintf("%d.", i+1)), l.bold(classed(f)))
		line := func(label, text string) { fmt.Fprintf(b, "   %-6s %s\n", label, text) }
		for _, h := range f.Heads() {
			line(h[0], h[1])
		}
		l.fix(line, f)
		if f.Said != nil {
			line("see", report.Safe(f.Said.Link))
		}
		line("again", report.Safe(f.Replay))
	}
}

// classed is the harm, with what kind of red it is where that is none to be fixed.
func classed(f report.Finding) string {
	switch f.Class {
	case verdict.Limit:
		return string(f.Harm) + " (a limit of the gateway's version)"
	case verdict.OtherCode:
		return string(f.Harm) + " (another code than the policy's)"
	case verdict.OwnPage:
		return string(f.Harm) + " (with the same status)"
	}
	return string(f.Harm)
}

// fix writes the change that mends the finding.
func (l Style) fix(line func(label, text string), f report.Finding) {
	if f.Fix == nil {
		return
	}
	line("fix", fmt.Sprintf("%s; put into %s:", report.Safe(f.Fix.Says), report.Safe(f.Fix.Place)))
	for text := range strings.Lines(f.Fix.Snippet) {
		line("", "    "+report.Safe(strings.TrimRight(text, "\n")))
	}
	for i, found := range f.Fix.Found {
		line(map[bool]string{true: "now"}[i == 0], report.Brief(found.String(), report.ShownReason))
	}
	if lines := f.Lines(); len(f.Fix.Found) == 0 && len(lines) > 0 {
		line("near", report.Brief(lines[0].String(), report.ShownReason))
	}
	line("see", report.Safe(f.Fix.Link))
}
