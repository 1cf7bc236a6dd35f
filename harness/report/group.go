package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/verdict"
)

// group is verdicts of one kind for one reason.
type group struct {
	reason   string
	verdicts []verdict.Verdict
}

// groups collects the verdicts of the kind that have gateway and reason in common, in the order of the first of each; fails with the worst
// first. A gateway that does not start says so once, not forty times.
func (r Run) groups(k kind) []*group {
	all, byKey := []*group{}, map[[2]string]*group{}
	for _, v := range r.Verdicts {
		if kindOf(v) != k {
			continue
		}
		v.Reason = v.OwnReason()
		key, reason := [2]string{v.Gateway, sameWords(why(v)) + v.Hint}, why(v)
		switch k {
		case known:
			key[1], reason = v.Deviation, v.Deviation
		case unsupported:
			key[0] = "" // The reason lies in the machine: it is the same for all gateways.
		}
		if byKey[key] == nil {
			byKey[key] = &group{reason: reason}
			all = append(all, byKey[key])
		}
		byKey[key].verdicts = append(byKey[key].verdicts, v)
	}
	if k == fail {
		slices.SortStableFunc(all, func(a, b *group) int { return worst(a.verdicts[0]) - worst(b.verdicts[0]) })
	}
	return all
}

var number = regexp.MustCompile(`[0-9]+`)

// sameWords returns what two reasons have in common that differ only in the numbers of the gateway's own log lines
// (times, process IDs), which differ from run to run. Nothing but the brevity of a report depends on it.
func sameWords(reason string) string {
	ours, theirs, _ := strings.Cut(reason, engine.LastWords)
	return ours + engine.LastWords + number.ReplaceAllString(theirs, "0")
}

// who names the gateway and the settings of the group: "nginx 1.22.1 document, stock".
func (g *group) who() string {
	settings := []string{}
	for _, v := range g.verdicts {
		if !slices.Contains(settings, v.Setting) {
			settings = append(settings, v.Setting)
		}
	}
	first := g.verdicts[0]
	return Safe(strings.Join(strings.Fields(first.Gateway+" "+first.Version), " ") + " " + strings.Join(settings, ", "))
}

// ids lists the group's experiments, each once, at most n of them.
func (g *group) ids(n int) string {
	all := []string{}
	for _, v := range g.verdicts {
		if !slices.Contains(all, v.ID) {
			all = append(all, v.ID)
		}
	}
	if more := len(all) - n; more > 1 {
		all = append(all[:n], fmt.Sprintf("and %d more", more))
	}
	return Safe(strings.Join(all, ", "))
}
