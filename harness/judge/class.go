package judge

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Classify says of a fail of a gateway of the user's own what kind of red it is, whether the policy's run fails by it,
// and what mends it. Like is the known gateway that it is, or nil.
func Classify(v verdict.Verdict, like *gateway.Definition, p policy.Policy) verdict.Verdict {
	if v.Result != verdict.Fail {
		return v
	}
	limit := limitOf(v, like, p)
	switch {
	case otherCode(v):
		v.Class = verdict.OtherCode
	case limit != nil:
		v.Class, v.Deviation, v.Link, v.FixedIn = verdict.Limit, limit.Reason, limit.Link, fixedIn(limit.Versions)
	case ownPage(v):
		v.Class, v.Deviation = verdict.OwnPage, pageReplaced
	default:
		v.Class, v.Said = verdict.ToFix, saidOf(v, like)
	}
	v.Allowed = !slices.Contains(p.Fails(), v.Class)
	return Advise(v, like)
}

// pageReplaced says what a gateway does that was told to write the page to an upstream's error.
const pageReplaced = "a page of the gateway's own stands in the place of the upstream's, with the same status; " +
	"what the upstream's fields told, such as Retry-After, is lost"

// ownPage reports whether the only thing wrong is that.
func ownPage(v verdict.Verdict) bool {
	return len(v.Broken()) > 0 && !slices.ContainsFunc(v.Checks, func(c verdict.Check) bool {
		return c.Broken() && c.Harm != string(check.ReplacesPage)
	})
}

// otherCode reports whether the only thing wrong is which of the codes for a broken upstream was chosen.
func otherCode(v verdict.Verdict) bool {
	return slices.ContainsFunc(v.Under, func(u verdict.Under) bool {
		return u.Policy == policy.GatewayError().Name && u.Result == verdict.Pass
	})
}

// limitOf returns the entry of the gateway's known deviations that says of each of its settings what was seen here, or
// nil. What comes by chance is no limit: another configuration may have other chances.
func limitOf(v verdict.Verdict, like *gateway.Definition, p policy.Policy) *verdict.Deviation {
	if like == nil {
		return nil
	}
	id, answers := experimentOf(v.ID), answersOfTheBroken(v, p)
	for i := range like.Deviations {
		entry := &like.Deviations[i]
		about := slices.Contains(entry.Experiments, id) || slices.Contains(entry.Errors, v.ErrorType)
		everywhere := !slices.ContainsFunc(like.SettingNames(), func(name string) bool {
			return !slices.Contains(entry.Settings, name)
		})
		if !about || !everywhere || len(entry.Chance) > 0 || !sameAnswers(v, answers, entry.Outcome) {
			continue
		}
		if ofVersion(v, like, entry.Versions) {
			return entry
		}
	}
	return nil
}

// ofVersion reports whether the range holds the verdict's version. Where that does not say which it is, as a gateway
// that runs elsewhere may not, a range without an end does.
func ofVersion(v verdict.Verdict, like *gateway.Definition, versions string) bool {
	if v.Version == "" {
		return fixedIn(versions) == ""
	}
	within, err := concerned(v, like, versions)
	return err == nil && within
}

// sameAnswers reports whether all of the answers are the outcome's, whatever was asked for, and nothing failed that
// does not fail there.
func sameAnswers(v verdict.Verdict, answers []string, listed verdict.Outcome) bool {
	within := func(some, all []string) bool {
		return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
	}
	return len(answers) > 0 && within(v.Broken(), listed.Breaks) && within(answers, answersOf(listed.Observed))
}

// answersOfTheBroken lists the answers that clients got, without those of the other members of its pool, where these
// are as good: whose turn it was says nothing about what comes of the broken one.
func answersOfTheBroken(v verdict.Verdict, p policy.Policy) []string {
	want, all := p.OfFault(v.Record), asked(v.Record)
	return slices.DeleteFunc(answersOf(v.Observed), func(answer string) bool {
		so := slices.DeleteFunc(slices.Clone(all), func(o record.Observation) bool { return o.String() != answer })
		return len(so) > 0 && !slices.ContainsFunc(so, func(o record.Observation) bool { return !want.OfAnother(o) })
	})
}

// answersOf lists the answers of what was observed, without what was asked: "GET /: 200 by upstream; POST /: …".
func answersOf(observed string) []string {
	all := strings.Split(observed, "; ")
	for i, part := range all {
		if _, answer, found := strings.Cut(part, ": "); found && asks.MatchString(part) {
			all[i] = answer
		}
	}
	return all
}

// asks begins what names a probe; "no answer: timed-out" does not.
var asks = regexp.MustCompile(`^[A-Z]+ /`)

// experimentOf is the ID without the state of the gateway, the protocol, or the upstream's state.
func experimentOf(id string) string {
	if at := strings.IndexAny(id, "@~+"); at > 0 {
		return id[:at]
	}
	return id
}

// below finds the version at which a range ends: ">=1.22, <1.29".
var below = regexp.MustCompile(`<\s*([0-9.]+)`)

func fixedIn(versions string) string {
	if m := below.FindStringSubmatch(versions); m != nil {
		return m[1]
	}
	return ""
}

// Advise returns the verdict of a fail with the gateway's fix for it, if it has one.
func Advise(v verdict.Verdict, d *gateway.Definition) verdict.Verdict {
	if d == nil || v.Result != verdict.Fail || v.Deviation != "" {
		return v
	}
	fits := func(f gateway.Fix) bool {
		breaks := slices.ContainsFunc(v.Broken(), func(name string) bool { return slices.Contains(f.Breaks, name) })
		return breaks && (slices.Contains(f.Cures, experimentOf(v.ID)) || slices.Contains(f.Cures, v.ID))
	}
	speaks := ""
	if v.Target != nil {
		speaks = v.Target.Speaks
	}
	own := slices.ContainsFunc(d.Fixes.Fixes, func(f gateway.Fix) bool { return fits(f) && f.Speaks == speaks })
	for _, f := range d.Fixes.Fixes {
		if fits(f) && (f.Speaks == speaks || f.Speaks == "" && !own) {
			v.Fix = &verdict.Fix{
				Directive: f.Directive, Says: f.Says, Link: f.Link, Place: f.Place, Snippet: strings.TrimSpace(f.Snippet),
			}
			return v
		}
	}
	return v
}
