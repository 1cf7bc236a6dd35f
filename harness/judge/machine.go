package judge

import (
	"fmt"
	"slices"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// weigh notes, of each check that was not kept, how late the machine may be, and how late it was.
func weigh(v *verdict.Verdict) {
	for i := range v.Checks {
		c := &v.Checks[i]
		if !c.Broken() {
			continue
		}
		if of := check.Find(c.Name); c.BearsMS == 0 && of.Bears != nil {
			c.BearsMS = record.MS(of.Bears(v.Terms.Limits))
		}
		c.LateMS = v.RecoveryLateMS
		if c.Of != "" {
			c.LateMS = lateOf(v.Record, c.Of)
		}
	}
}

// lateOf is how late the machine was at worst while a probe of that name was on its way, or one that was sent beside
// it: a check may compare the two.
func lateOf(r record.Record, probe string) (late float64) {
	groups := map[int]bool{}
	for _, o := range r.Observations {
		if o.Probe == probe {
			late, groups[o.Group] = max(late, o.LateMS), o.Group != 0
		}
	}
	for _, o := range r.Observations {
		if groups[o.Group] {
			late = max(late, o.LateMS)
		}
	}
	return late
}

// Excuse returns the verdict, made inconclusive if it is a fail that is not known and that the machine may be to
// blame for: it was later than each of the checks that were not kept can bear. What is inconclusive anyway is marked
// if the machine was that late. Of a known gateway, what its list holds is no news: only the other checks count.
func Excuse(v verdict.Verdict, d *gateway.Definition) verdict.Verdict {
	switch {
	case v.Starved:
	case v.Result == verdict.Inconclusive && v.LateMS > record.MS(check.Bearable):
		v.Starved, v.Reason = true, fmt.Sprintf("%s; meanwhile this machine was %.0f ms late", v.Reason, v.LateMS)
	case v.Result == verdict.Fail && !v.Known():
		if late, bears := blames(v, d); late > bears {
			v.Result, v.Starved = verdict.Inconclusive, true
			v.Reason = fmt.Sprintf(
				"this machine was %.0f ms late, and the check allows %.0f ms: %s",
				late,
				bears,
				v.Reason,
			)
		}
	}
	return v
}

// blames returns how late the machine was, and how late it may be, in milliseconds, for the check that has least to
// do with it. What is listed counts only where nothing else was broken. Then it is the observations that changed, any
// of them, also one whose check was kept: the machine was as late as it ever was.
func blames(v verdict.Verdict, d *gateway.Definition) (late, bears float64) {
	listed := []string{}
	if known, err := Listed(v, d); err == nil && known != nil {
		listed = known.Breaks
	}
	late, bears = v.LateMS, record.MS(check.Bearable)
	first := true
	for _, c := range v.Checks {
		switch {
		case !c.Broken() || slices.Contains(listed, c.Name):
		case c.BearsMS == 0:
			return 0, 0 // It is so however late the machine was.
		case first || c.LateMS-c.BearsMS < late-bears:
			late, bears, first = c.LateMS, c.BearsMS, false
		}
	}
	return late, bears
}
