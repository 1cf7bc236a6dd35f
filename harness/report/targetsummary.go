package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TargetSummary is what became of the clients of one probe while one of the upstreams that it touches was broken in
// many ways.
type TargetSummary struct {
	record.Target
	Gateway, Sums string
	// Impacts are the ways in which clients were hurt, the worst first.
	Impacts []Impact
}

// Impact is one way in which clients were hurt, with the evidence, and with what helps to mend it. All fields but Is
// and Cells are of the first of the experiments.
type Impact struct {
	Is                                          string
	What, Evidence, Log, Hint, HintLink, Replay string
	// Cells are the experiments in which clients were hurt so.
	Cells []verdict.Verdict

	severity int
}

// Targeted splits the run into the verdicts on gateways of the user's own, which have a target, and the others.
func (r Run) Targeted() (own, others Run) {
	own, others = r, r
	own.Verdicts, others.Verdicts = nil, nil
	for _, v := range r.Verdicts {
		if v.Target != nil {
			own.Verdicts = append(own.Verdicts, v)
		} else {
			others.Verdicts = append(others.Verdicts, v)
		}
	}
	return own, others
}

// TargetSummaries sums up what clients of a gateway of the user's own saw, for each probe and upstream, the worst
// first.
func (r Run) TargetSummaries() []TargetSummary {
	own, _ := r.Targeted()
	all := []TargetSummary{}
	for _, c := range own.Columns() {
		part := own
		part.Verdicts = slices.DeleteFunc(slices.Clone(own.Verdicts),
			func(v verdict.Verdict) bool { return ColumnOf(v) != c })
		all = append(all, TargetSummary{
			Target:  *part.Verdicts[0].Target,
			Gateway: strings.TrimSpace(c.Gateway + " " + c.Version),
			Sums:    part.sums(),
			Impacts: part.impacts(),
		})
	}
	slices.SortStableFunc(all, func(a, b TargetSummary) int {
		return cmp.Or(a.severity()-b.severity(), len(b.Impacts)-len(a.Impacts))
	})
	return all
}

func (a TargetSummary) severity() int {
	if len(a.Impacts) == 0 {
		return len(check.BySeverity()) + 1
	}
	return a.Impacts[0].severity
}

// sums is how much of what was promised was kept: "12 of 14 as promised".
func (r Run) sums() string {
	c := r.Counts()
	s := fmt.Sprintf("%d of %d as promised", c.Pass, c.Ran())
	if c.Inconclusive > 0 {
		s += fmt.Sprintf(", %d could not be told", c.Inconclusive)
	}
	if c.Unsupported > 0 {
		s += fmt.Sprintf(", %d not possible here", c.Unsupported)
	}
	slowest := -1.0
	for _, v := range r.Verdicts {
		slowest = slices.Max(append(v.RecoveryTimes(), slowest))
	}
	switch {
	case slowest == verdict.Never:
		s += ", service not always again"
	case slowest >= 0:
		within := time.Duration(slowest*float64(time.Millisecond)) + time.Millisecond
		s += ", service again within " + within.Truncate(time.Millisecond).String()
	}
	return s
}

// impacts groups the fails that hurt clients in the same way, and of which the same is to be said.
func (r Run) impacts() []Impact {
	all, place := []Impact{}, map[[3]string]int{}
	for _, v := range r.Verdicts {
		if KindOf(v) != Fail {
			continue
		}
		is, besides := impactOf(v)
		what := brokenPromise(v, besides)
		key := [3]string{is, sameWords(what), v.Hint}
		i, known := place[key]
		if !known {
			i, place[key] = len(all), len(all)
			all = append(all, Impact{
				Is:       is,
				What:     what,
				Evidence: v.Evidence,
				Log:      errorLine(v),
				Hint:     v.Hint,
				HintLink: v.HintLink,
				Replay:   v.Replay,
				severity: worst(v),
			})
		}
		all[i].Cells = append(all[i].Cells, v)
	}
	slices.SortStableFunc(all, func(a, b Impact) int { return a.severity - b.severity })
	return all
}

// brokenPromise says which promise was broken first, of those that hurt most.
func brokenPromise(v verdict.Verdict, besides []string) string {
	what := Why(v)
	if w := worst(v); w < len(check.BySeverity()) {
		for _, c := range v.Checks {
			if !c.OK && c.Name == check.BySeverity()[w].ID {
				what = strings.TrimPrefix(strings.TrimPrefix(c.String(), c.Name), " of ")
				what = strings.TrimPrefix(what, ": ")
				break
			}
		}
	}
	if len(besides) > 0 {
		what += " (besides: " + strings.Join(besides, ", ") + ")"
	}
	return what
}

// errorWords is in lines that speak of it, in whatever words.
var errorWords = regexp.MustCompile(
	`(?i)error|fail|refus|timed? ?-?out|timeout|reset|unreachable|denied|invalid|premature|no route|\bdown\b|\b50[0-9]\b`,
)

// errorLine is the gateway's own line on what happened: the first that speaks of trouble, or "".
func errorLine(v verdict.Verdict) string {
	for _, line := range v.Log {
		if errorWords.MatchString(line) {
			return line
		}
	}
	return ""
}

// Title names the probe and the upstream: "checkout http://shop.test/checkout, with orders (orders.internal:80)
// broken".
func (a TargetSummary) Title() string {
	upstream := a.Upstream
	if a.At != upstream {
		upstream += " (" + a.At + ")"
	}
	return Safe(fmt.Sprintf("%s: %s %s, while %s is broken", a.Gateway, a.Probe, a.URL, upstream))
}

// Lines are what reports write below an impact, each safe.
func (h Impact) Lines() []string {
	all := []string{}
	add := func(label, text string, n int) {
		if text != "" {
			all = append(all, label+Brief(text, n))
		}
	}
	add("in ", ShownCells(h), ShownReason)
	add("proved by: ", h.Evidence, shortLine)
	add("it logged: ", h.Log, shortLine)
	add("", strings.TrimSuffix(h.Hint+": "+h.HintLink, ": "), ShownReason)
	add("", h.Replay, ShownReason)
	return all
}

// ShownCells lists the experiments, so many that a person reads them.
func ShownCells(h Impact) string {
	ids := []string{}
	for _, c := range h.Cells {
		ids = append(ids, c.ID)
	}
	const most = 4 * ShownIDs
	if more := len(ids) - most; more > 1 {
		ids = append(ids[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(ids, ", ")
}
