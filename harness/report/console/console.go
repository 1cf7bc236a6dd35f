// Package console writes a run for a terminal or the log of a pipeline.
package console

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
)

// Write writes what a person reads: the matrix first, then what could not be tried, what is known to be so, and last,
// where a terminal and a CI's log end and are read first, what is wrong with the command that shows it again, and the
// sums. Of a gateway of the user's own the matrix, which is long, is left out, unless the style is verbose. The last
// line is the verdict, but of a run that is compared with another: there that is what became worse.
func Write(w io.Writer, r report.Run, l Style) error {
	var b strings.Builder
	own, others := r.Targeted()
	if len(own.Verdicts) == 0 || l.Verbose {
		l.cells(&b, r)
	}
	l.knownDeviations(&b, others)
	l.deviations(&b, others, report.Inconclusive, "Could not tell")
	l.deviations(&b, others, report.Fail, "Checks that failed")
	l.own(&b, own)
	b.WriteString("\n")
	for _, m := range r.NotInstalled {
		fmt.Fprintf(&b, "Not installed: %s (to get it: %s)\n", report.Safe(m.Gateway), report.Safe(m.Install))
	}
	if r.Interrupted {
		fmt.Fprintf(
			&b,
			"%s after %d of %d experiments: this report is partial.\n",
			l.paint(report.Fail, "Interrupted"),
			len(r.Verdicts),
			r.Planned,
		)
	}
	b.WriteString(r.Sums(l.paint))
	b.WriteString(r.Speed())
	b.WriteString(r.Strained())
	if len(own.Verdicts) == 0 || l.Verbose {
		b.WriteString(r.Under())
	}
	if l.Written != "" {
		b.WriteString(report.Written(l.Written))
	}
	l.headline(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// headline writes the verdict.
func (l Style) headline(b *strings.Builder, r report.Run) {
	if r.Baseline != nil && !r.Interrupted {
		return
	}
	if r.Command != "" {
		fmt.Fprintf(b, "Gateway: %s\n", report.Brief(r.Command, report.ShownReason))
	}
	kind, word, why := r.Headline()
	fmt.Fprintf(b, "%s: %s\n", l.paint(kind, l.bold(word)), why)
}

// cells writes what became of every experiment, and what could not be tried.
func (l Style) cells(b *strings.Builder, r report.Run) {
	switch tried := r.Remedied(); {
	case len(tried.Verdicts) > 0:
		l.remedies(b, tried)
	case len(r.Verdicts) > 0:
		b.WriteString("\n" + l.matrix(r, l.cell) + "\n" + r.Legend(l.paint))
	}
	l.unsupported(b, r)
	l.unchecked(b, r)
	l.counted(b, r)
	l.pools(b, r)
	l.recoveries(b, r)
}

// deviations lists what turns a run red, one line and one command each; what is the same for many is said once.
func (l Style) deviations(b *strings.Builder, r report.Run, k report.Kind, title string) {
	groups := r.Groups(k)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold(title))
	for _, g := range groups {
		what := report.Safe(g.Verdicts[0].ID)
		if n := len(g.Verdicts); n > 1 {
			what = report.Experiments(n)
		}
		fmt.Fprintf(b, "%s %s, %s: %s\n", l.paint(k, k.Mark()), g.Who(), l.bold(what),
			report.Brief(g.Reason, report.ShownReason))
		if len(g.Verdicts) > 1 {
			fmt.Fprintf(b, "    the same in %s\n", g.IDs(report.ShownIDs))
		}
		fmt.Fprintf(b, "    %s\n", report.Safe(g.Verdicts[0].Replay))
	}
}

// knownDeviations lists, for each reason, where it was seen and what came instead.
func (l Style) knownDeviations(b *strings.Builder, r report.Run) {
	groups := r.Groups(report.Known)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Known deviations"))
	for _, g := range groups {
		fmt.Fprintf(b, "%s %s: %s\n    %s\n", l.paint(report.Known, report.Known.Mark()), g.Who(),
			report.Brief(g.Reason, report.ShownReason), g.IDs(report.AllIDs))
	}
}

// unsupported lists, for each reason, what could not be tried.
func (l Style) unsupported(b *strings.Builder, r report.Run) {
	groups := r.Groups(report.Unsupported)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Not possible here"))
	shown := report.AllIDs
	if r.Remote() {
		shown = report.ShownIDs // Nearly all of the catalogue.
	}
	for _, g := range groups {
		fmt.Fprintf(b, "%s %s\n    %s\n", l.paint(report.Unsupported, report.Unsupported.Mark()),
			report.Brief(g.Reason, report.ShownReason), g.IDs(shown))
	}
}
