package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Group is verdicts of one kind for one reason.
type Group struct {
	Reason   string
	Verdicts []verdict.Verdict
}

// Groups collects the verdicts of the kind that have gateway and reason in common, in the order of the first of each;
// fails with the worst first. A gateway that does not start says so once, not forty times.
func (r Run) Groups(k Kind) []*Group {
	all, byKey := []*Group{}, map[[2]string]*Group{}
	for _, v := range r.Verdicts {
		if KindOf(v) != k {
			continue
		}
		v.Reason = v.OwnReason()
		key, reason := [2]string{v.Gateway, sameWords(Why(v))}, Why(v)
		switch k {
		case Known:
			if v.Deviation != "" {
				key[1], reason = v.Deviation, v.Deviation
			}
		case Unsupported:
			key[0] = "" // The reason lies in the machine: it is the same for all gateways.
		}
		if byKey[key] == nil {
			byKey[key] = &Group{Reason: reason}
			all = append(all, byKey[key])
		}
		byKey[key].Verdicts = append(byKey[key].Verdicts, v)
	}
	if k == Fail {
		slices.SortStableFunc(all, func(a, b *Group) int { return a.severity() - b.severity() })
	}
	return all
}

func (g *Group) severity() int {
	harm, _ := harmOf(g.Verdicts[0])
	return harm.Severity()
}

var number = regexp.MustCompile(`[0-9]+`)

// sameWords returns what two reasons have in common that differ only in the numbers of the gateway's own log lines
// (times, process IDs), which differ from run to run. Nothing but the brevity of a report depends on it.
func sameWords(reason string) string {
	own, lines, _ := strings.Cut(reason, record.LastSaid)
	return own + record.LastSaid + number.ReplaceAllString(lines, "0")
}

// Who names the gateway and the settings of the group: "nginx 1.22.1 document, stock".
func (g *Group) Who() string {
	settings := []string{}
	for _, v := range g.Verdicts {
		if !slices.Contains(settings, v.Setting) {
			settings = append(settings, v.Setting)
		}
	}
	first := g.Verdicts[0]
	return Safe(
		strings.Join(strings.Fields(first.Gateway+" "+first.Version), " ") + " " + strings.Join(settings, ", "),
	)
}

// IDs lists the group's experiments, each once, at most n of them.
func (g *Group) IDs(n int) string {
	all := []string{}
	for _, v := range g.Verdicts {
		if !slices.Contains(all, v.ID) {
			all = append(all, v.ID)
		}
	}
	if more := len(all) - n; more > 1 {
		all = append(all[:n], fmt.Sprintf("and %d more", more))
	}
	return Safe(strings.Join(all, ", "))
}

// Red lists what turns the run red, the broken promises first.
func (r Run) Red() []*Group { return append(r.Groups(Fail), r.Groups(Inconclusive)...) }
