package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Bounds of what the console shows of one thing; results.json has all of it.
const (
	// shownReason is enough for a sentence of ours and five log lines of a gateway that does not start.
	shownReason = 900
	// shownIDs are enough to see what a collapsed group is about.
	shownIDs = 6
	// allIDs lists a group to the last.
	allIDs = 1 << 10
)

// Console writes what a person reads: the matrix first, then what could not be tried, what is known to be so, and last, where a terminal and a CI's log end
// and are read first, what is wrong with the command that shows it again, and the sums. dir is where the report's files are, "" if there are none.
func Console(w io.Writer, r Run, l Look, dir string) error {
	var b strings.Builder
	switch tried := r.remedied(); {
	case len(tried.Verdicts) > 0:
		l.remedies(&b, tried)
	case len(r.Verdicts) > 0:
		b.WriteString("\n" + l.matrix(r, l.cell) + "\n" + l.legend(r))
	}
	l.unsupported(&b, r)
	l.unchecked(&b, r)
	l.counted(&b, r)
	l.pools(&b, r)
	l.recoveries(&b, r)
	l.knownDeviations(&b, r)
	l.deviations(&b, r, inconclusive, "Could not tell")
	_, others := r.targeted()
	l.deviations(&b, others, fail, "Promises broken")
	l.aims(&b, r)
	b.WriteString("\n")
	for _, m := range r.NotInstalled {
		fmt.Fprintf(&b, "Not installed: %s (to get it: %s)\n", Safe(m.Gateway), Safe(m.Install))
	}
	if r.Interrupted {
		fmt.Fprintf(&b, "%s after %d of %d experiments: this report is partial.\n", l.paint(fail, "Interrupted"), len(r.Verdicts), r.Planned)
	}
	b.WriteString(l.sums(r))
	b.WriteString(r.speed())
	b.WriteString(r.strained())
	b.WriteString(r.under())
	if dir != "" {
		fmt.Fprintf(&b, "Report: %s/%s, %s, %s, %s, %s\n", Safe(strings.TrimRight(dir, "/")), HTMLFile, SummaryFile, ResultsFile, JUnitFile, MetricsFile)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// deviations lists what turns a run red, one line and one command each; what is the same for many is said once.
func (l Look) deviations(b *strings.Builder, r Run, k kind, title string) {
	groups := r.groups(k)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold(title))
	for _, g := range groups {
		what := Safe(g.verdicts[0].ID)
		if n := len(g.verdicts); n > 1 {
			what = count(n)
		}
		fmt.Fprintf(b, "%s %s, %s: %s\n", l.paint(k, marks[k]), g.who(), l.bold(what), brief(g.reason, shownReason))
		if len(g.verdicts) > 1 {
			fmt.Fprintf(b, "    the same in %s\n", g.ids(shownIDs))
		}
		if hint := g.verdicts[0].Hint; hint != "" {
			fmt.Fprintf(b, "    %s\n", Safe(hint))
		}
		fmt.Fprintf(b, "    %s\n", Safe(g.verdicts[0].Replay))
	}
}

// knownDeviations lists, for each reason, where it was seen and what came instead.
func (l Look) knownDeviations(b *strings.Builder, r Run) {
	groups := r.groups(known)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Known deviations"))
	for _, g := range groups {
		fmt.Fprintf(b, "%s %s: %s\n    %s\n", l.paint(known, marks[known]), g.who(), brief(g.reason, shownReason), g.ids(allIDs))
	}
}

// unsupported lists, for each reason, what could not be tried.
func (l Look) unsupported(b *strings.Builder, r Run) {
	groups := r.groups(unsupported)
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("Not possible here"))
	shown := allIDs
	if r.elsewhere() {
		shown = shownIDs // Nearly all of the catalogue.
	}
	for _, g := range groups {
		fmt.Fprintf(b, "%s %s\n    %s\n", l.paint(unsupported, marks[unsupported]), brief(g.reason, shownReason), g.ids(shown))
	}
}

// sums counts the verdicts, the red ones first seen.
func (l Look) sums(r Run) string {
	c := r.Counts()
	parts := []string{}
	for _, p := range []struct {
		kind kind
		n    int
		word string
	}{
		{pass, c.Pass, "pass"},
		{fail, c.Fail, "fail"},
		{known, c.Known, "known deviation"},
		{inconclusive, c.Inconclusive, "inconclusive"},
		{unsupported, c.Unsupported, "unsupported"},
	} {
		s := fmt.Sprintf("%d %s", p.n, p.word)
		if p.n > 0 {
			s = l.paint(p.kind, s)
		}
		parts = append(parts, s)
	}
	return fmt.Sprintf("%s in %s: %s\n", count(len(r.Verdicts)), r.Took.Round(100*time.Millisecond), strings.Join(parts, " · "))
}

// under says how the same run would have come out under the policies that it was not held against.
func (r Run) under() string {
	holds, fails, order := map[string]int{}, map[string]int{}, []string{}
	for _, v := range r.Verdicts {
		for _, u := range v.Under {
			if u.Policy == v.Policy {
				continue
			}
			if holds[u.Policy]+fails[u.Policy] == 0 {
				order = append(order, u.Policy)
			}
			if u.Result == verdict.Pass {
				holds[u.Policy]++
			} else {
				fails[u.Policy]++
			}
		}
	}
	var b strings.Builder
	for _, p := range order {
		fmt.Fprintf(&b, "Under the policy %s: %d hold, %d do not\n", Safe(p), holds[p], fails[p])
	}
	return b.String()
}

// count is "1 experiment", "2 experiments".
func count(n int) string {
	if n == 1 {
		return "1 experiment"
	}
	return fmt.Sprintf("%d experiments", n)
}
