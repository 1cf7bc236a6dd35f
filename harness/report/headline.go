package report

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Headline is the line that a report ends with: the word is FAIL, UNCLEAR, INTERRUPTED or OK, and the rest says why,
// with what was seen and is allowed.
func (r Run) Headline() (kind Kind, word, why string) {
	c := r.Counts()
	kind, word = Pass, "OK"
	switch {
	case r.Interrupted:
		kind, word = Inconclusive, "INTERRUPTED"
	case c.Fail > 0:
		kind, word = Fail, "FAIL"
	case c.Inconclusive > 0, c.Ran() == 0:
		kind, word = Inconclusive, "UNCLEAR"
	}
	own, others := r.Targeted()
	parts := []string{}
	if r.Interrupted {
		parts = append(parts, fmt.Sprintf("after %d of %d experiments", len(r.Verdicts), r.Planned))
	}
	parts = append(parts, own.ownSums()...)
	counts := others.Counts()
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, Counted(n, one, many))
		}
	}
	add(counts.Fail, "check failed", "checks failed")
	add(c.Inconclusive, "could not be told", "could not be told")
	add(counts.Pass, "as expected", "as expected")
	add(counts.Known, "known deviation", "known deviations")
	return kind, word, strings.Join(parts, ", ")
}

// Counted is "1 thing" or "2 things".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ownSums counts what there is to say of gateways of the user's own, what is to be done first.
func (r Run) ownSums() (parts []string) {
	if len(r.Verdicts) == 0 {
		return nil
	}
	fixes, codes := 0, 0
	for _, f := range r.Findings() {
		if f.Class == verdict.ToFix {
			fixes++
		}
	}
	limits, allowed, pages, reasons := 0, 0, 0, map[string]bool{}
	for _, v := range r.Verdicts {
		switch {
		case v.Result == verdict.Fail && v.Class == verdict.OtherCode:
			codes++
		case v.Result == verdict.Fail && v.Class == verdict.Limit:
			limits++
			reasons[v.Deviation] = true
		case v.Result == verdict.Fail && v.Class == verdict.OwnPage:
			pages++
		case v.Result == verdict.Pass && breaksUnder(v, policy.Document().Name):
			allowed++
		}
	}
	parts = append(parts, Counted(fixes, "thing to fix", "things to fix"))
	if limits > 0 {
		parts = append(parts, Counted(len(reasons), "limit", "limits")+" of "+r.who()+
			" ("+Experiments(limits)+")")
	}
	if codes > 0 {
		parts = append(parts, Counted(codes, "answer", "answers")+" of another code than the policy's")
	}
	if pages > 0 {
		parts = append(parts, Counted(pages, "page", "pages")+" in the place of the upstream's")
	}
	if allowed > 0 {
		parts = append(parts, Counted(allowed, "answer other than 502 (allowed)", "answers other than 502 (allowed)"))
	}
	return parts
}

// who names the gateway of the first column.
func (r Run) who() string {
	c := r.Columns()[0]
	return Safe(strings.TrimSpace(c.Gateway + " " + c.Version))
}

// breaksUnder reports whether the verdict would be a fail under the policy.
func breaksUnder(v verdict.Verdict, name string) bool {
	for _, u := range v.Under {
		if u.Policy == name {
			return u.Result == verdict.Fail
		}
	}
	return false
}
