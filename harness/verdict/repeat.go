package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
)

// Run is one of several runs of an experiment.
type Run struct {
	Observed   string              `json:"observed"`
	Result     Result              `json:"verdict"`
	Reason     string              `json:"reason,omitempty"`
	RecoveryMS float64             `json:"recovery_ms"`
	TookMS     float64             `json:"took_ms"`
	Pool       []record.PoolSample `json:"pool,omitempty"`
	// Log is what the gateway logged in this run.
	Log []string `json:"log,omitempty"`
}

// Flaky reports whether an experiment does not always come out the same: by its own runs, or by what the gateway's
// folder says.
func (v Verdict) Flaky() bool {
	return v.Chance != nil || slices.ContainsFunc(v.Runs, func(r Run) bool {
		return r.Observed != v.Runs[0].Observed || r.Result != v.Runs[0].Result
	})
}

// Combine makes one verdict of the verdicts on several runs of one experiment, in any number above none. If all of them
// are alike, it is the first, with the runs listed. If not, it says so: it is the worst of them, and a fail if some
// passed and some did not, never whichever came last; unless the gateway's folder says that it comes by chance, and
// each came as listed there.
func Combine(runs []Verdict) Verdict {
	if len(runs) == 1 {
		return runs[0]
	}
	worst := slices.MaxFunc(runs, func(a, b Verdict) int { return rank(a) - rank(b) })
	alike, order, count := true, []string{}, map[string]int{}
	for _, v := range runs {
		alike = alike && v.Result == runs[0].Result && v.Known() == runs[0].Known() && v.Observed == runs[0].Observed
		if count[v.Observed]++; count[v.Observed] == 1 {
			order = append(order, v.Observed)
		}
	}
	combined := worst
	combined.sum(runs)
	combined.Recovery = recoveryOf(combined)
	if alike {
		return combined
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	parts := make([]string, len(order))
	for i, o := range order {
		if parts[i] = fmt.Sprintf("%d × %s", count[o], o); o == "" {
			parts[i] = fmt.Sprintf("%d × nothing", count[o])
		}
	}
	combined.Observed = "not always the same: " + strings.Join(parts, ", ")
	if slices.IndexFunc(runs, func(v Verdict) bool { return v.Chance == nil }) < 0 {
		return combined
	}
	if combined.Result != Pass && combined.Result != Unsupported {
		if !limited(runs) {
			// What happens only sometimes is not what the list says.
			combined.Deviation, combined.Link, combined.FixedIn = "", "", ""
			if combined.Class == Limit {
				combined.Class, combined.Allowed = ToFix, false
			}
		}
		combined.Reason = strings.TrimSuffix(
			fmt.Sprintf("%s; the worst: %s", combined.Observed, worst.Reason),
			"; the worst: ",
		)
	}
	if combined.Result == Inconclusive && slices.ContainsFunc(runs, func(v Verdict) bool { return v.Result == Fail }) {
		combined.Result = Fail
	}
	return combined
}

// limited reports whether everything that failed is one and the same limit of the gateway's version: which request met
// it, or whether any did, may be chance, as in a pool whose turns are. No configuration mends it all the same.
func limited(runs []Verdict) bool {
	reason := ""
	for _, v := range runs {
		switch {
		case v.Result == Pass:
		case v.Class != Limit || v.Result != Fail || reason != "" && v.Deviation != reason:
			return false
		default:
			reason = v.Deviation
		}
	}
	return reason != ""
}

// sum lists the runs, with what all of them took and counted.
func (v *Verdict) sum(runs []Verdict) {
	v.Runs = make([]Run, len(runs))
	v.TookMS, v.CPUMS, v.Counts = 0, 0, nil
	v.LateMS, v.Again = 0, ""
	for i, run := range runs {
		v.Runs[i] = Run{
			Observed:   run.Observed,
			Result:     run.Result,
			Reason:     run.Reason,
			RecoveryMS: run.RecoveryMS,
			TookMS:     run.TookMS,
			Pool:       run.Pool,
			Log:        run.Log,
		}
		v.TookMS += run.TookMS
		v.CPUMS += run.CPUMS
		v.LateMS, v.Again = max(v.LateMS, run.LateMS), cmp.Or(v.Again, run.Again)
		for answer, n := range run.Counts {
			if v.Counts == nil {
				v.Counts = map[string]int{}
			}
			v.Counts[answer] += n
		}
	}
}

// rank orders results: what the merged verdict of several is.
func rank(v Verdict) int {
	switch {
	case v.Result == Pass:
		return 0
	case v.Result == Unsupported:
		return 1
	case v.Known():
		return 2
	case v.Result == Inconclusive:
		return 3
	}
	return 4
}
