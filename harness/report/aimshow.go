package report

import (
	"fmt"
	"strings"
)

// aims tells, for a gateway of the user's own, what its clients would have seen: probe by probe and upstream by upstream, the worst first.
func (l Look) aims(b *strings.Builder, r Run) {
	all := r.aims()
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", l.bold("What clients would have seen, the worst first"))
	for _, a := range all {
		fmt.Fprintf(b, "\n%s: %s\n", l.bold(a.title()), Safe(a.Sums))
		for _, h := range a.Harms {
			fmt.Fprintf(b, "%s %s: %s\n", l.paint(fail, marks[fail]), l.bold(h.Is), brief(h.What, shownReason))
			for _, line := range h.lines() {
				fmt.Fprintf(b, "    %s\n", line)
			}
		}
	}
}

// title names the probe and the upstream: "checkout http://shop.test/checkout, with orders (orders.internal:80) broken".
func (a aim) title() string {
	upstream := a.Upstream
	if a.At != upstream {
		upstream += " (" + a.At + ")"
	}
	return Safe(fmt.Sprintf("%s: %s %s, while %s is broken", a.Gateway, a.Probe, a.URL, upstream))
}

// lines are what stands below a harm, each safe.
func (h harm) lines() []string {
	all := []string{}
	add := func(label, text string, n int) {
		if text != "" {
			all = append(all, label+brief(text, n))
		}
	}
	add("in ", shownCells(h), shownReason)
	add("proved by: ", h.Evidence, shortLine)
	add("it logged: ", h.Log, shortLine)
	add("", strings.TrimSuffix(h.Hint+": "+h.HintLink, ": "), shownReason)
	add("", h.Replay, shownReason)
	return all
}

// shownCells lists the experiments, so many that a person reads them.
func shownCells(h harm) string {
	ids := []string{}
	for _, c := range h.Cells {
		ids = append(ids, c.Text)
	}
	const most = 4 * shownIDs
	if more := len(ids) - most; more > 1 {
		ids = append(ids[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(ids, ", ")
}

// row is a harm in a table of Markdown, as code.
func (a aim) row(h harm) string {
	why := []string{code(h.Is + ": " + h.What)}
	for _, line := range h.lines()[1:] {
		why = append(why, code(line))
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", marks[fail], code(a.title()), code(shownCells(h)), strings.Join(why, "<br>"))
}
