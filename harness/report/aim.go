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

// aim is what became of the clients of one probe while one of the upstreams that it touches was broken in many ways.
type aim struct {
	record.Target
	Gateway, Sums string
	// Harms are the ways in which clients were hurt, the worst first.
	Harms []harm
}

// harm is one way in which clients were hurt, with what it takes to believe it and to mend it. All but Is and Cells is of the first of the experiments.
type harm struct {
	Is                                          string
	What, Evidence, Log, Hint, HintLink, Replay string
	Cells                                       []link

	worst int
}

// targeted splits the run into the verdicts on gateways of the user's own, which have a target, and the others.
func (r Run) targeted() (own, others Run) {
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

// aims sums up what clients of a gateway of the user's own saw, for each probe and upstream, the worst first.
func (r Run) aims() []aim {
	own, _ := r.targeted()
	all := []aim{}
	for _, c := range own.columns() {
		part := own
		part.Verdicts = slices.DeleteFunc(slices.Clone(own.Verdicts), func(v verdict.Verdict) bool { return columnOf(v) != c })
		all = append(all, aim{
			Target: *part.Verdicts[0].Target, Gateway: strings.TrimSpace(c.gateway + " " + c.version), Sums: part.promised(), Harms: part.harms(),
		})
	}
	slices.SortStableFunc(all, func(a, b aim) int { return cmp.Or(a.worst()-b.worst(), len(b.Harms)-len(a.Harms)) })
	return all
}

func (a aim) worst() int {
	if len(a.Harms) == 0 {
		return len(check.BySeverity()) + 1
	}
	return a.Harms[0].worst
}

// promised is how much of what was promised was kept: "12 of 14 as promised".
func (r Run) promised() string {
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
		slowest = slices.Max(append(v.Backs(), slowest))
	}
	switch {
	case slowest == verdict.Never:
		s += ", service not always again"
	case slowest >= 0:
		s += ", service again within " + (time.Duration(slowest*float64(time.Millisecond)) + time.Millisecond).Truncate(time.Millisecond).String()
	}
	return s
}

// harms groups the fails that hurt clients in the same way, and of which the same is to be said.
func (r Run) harms() []harm {
	all, place := []harm{}, map[[3]string]int{}
	for _, v := range r.Verdicts {
		if kindOf(v) != fail {
			continue
		}
		is, besides := hurts(v)
		what := breach(v, besides)
		key := [3]string{is, sameWords(what), v.Hint}
		i, known := place[key]
		if !known {
			i, place[key] = len(all), len(all)
			all = append(all, harm{
				Is: is, What: what, Evidence: v.Evidence, Log: lineOf(v), Hint: v.Hint, HintLink: v.HintLink, Replay: v.Replay, worst: worst(v),
			})
		}
		all[i].Cells = append(all[i].Cells, link{cellHref(v), v.ID})
	}
	slices.SortStableFunc(all, func(a, b harm) int { return a.worst - b.worst })
	return all
}

// breach says which promise was broken first, of those that hurt most.
func breach(v verdict.Verdict, besides []string) string {
	what := why(v)
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

// trouble is in lines that speak of it, in whatever words.
var trouble = regexp.MustCompile(`(?i)error|fail|refus|timed? ?-?out|timeout|reset|unreachable|denied|invalid|premature|no route|\bdown\b|\b50[0-9]\b`)

// lineOf is the gateway's own line on what happened: the first that speaks of trouble, or "".
func lineOf(v verdict.Verdict) string {
	for _, line := range v.Log {
		if trouble.MatchString(line) {
			return line
		}
	}
	return ""
}
