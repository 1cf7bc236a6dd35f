// Package report holds the results of a run: what they are, how they are stored, read, joined and compared, and the
// registry of the forms in which they are written. Each form is a file of package formats, or a package of its own that
// one of those files names. All but Write and Stream are pure functions of a Run, and no gateway is needed for any.
//
//	Run (header, verdicts) ──> Format (console · html · json · junit · …) ──Write──> report/
package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Schema names the form of results.json. The number changes when a reader of the old form would be misled.
const Schema = "gatequake/results/2"

// Run is everything that a report is made of. The order of its verdicts is the order of every report: columns and
// suites come in the order of their first verdict.
type Run struct {
	// Tool is the version of Gatequake.
	Tool string
	// Started and Took are when the run began and how long it lasted.
	Started time.Time
	Took    time.Duration
	// World is the mode of the worlds: root, user or portable.
	World string
	// Command, of a gateway of the user's own, is what started it, the file that describes it, or where it runs.
	Command string
	// Planned is how many experiments were to be run. It is more than there are verdicts when the run was interrupted.
	Planned int
	// Interrupted is true when the run was ended before its time.
	Interrupted bool
	// NotInstalled are the known gateways that the run would have liked to have.
	NotInstalled []Missing
	// Shard is not nil for a part of a run.
	Shard *Shard
	// Verdicts are what came of the experiments.
	Verdicts []verdict.Verdict
	// WithoutEvidence is true for a run of which only the cells were kept.
	WithoutEvidence bool
	// Baseline is an earlier run that this one is compared with; nil for none. It is not stored with the run.
	Baseline *Run
	// Catalogue explains and orders the experiments. It is not stored with the run.
	Catalogue Catalogue
}

// Missing is a gateway that is not installed, and how to get it.
type Missing struct {
	Gateway string `json:"gateway"`
	Install string `json:"install"`
}

// Counts is how many verdicts there are of each kind. A known deviation is not counted as a fail.
type Counts struct {
	Pass         int `json:"pass"`
	Fail         int `json:"fail"`
	Known        int `json:"known_deviation"`
	Inconclusive int `json:"inconclusive"`
	Unsupported  int `json:"unsupported"`
}

// Counts counts the run's verdicts.
func (r Run) Counts() Counts {
	c := Counts{}
	for _, v := range r.Verdicts {
		switch KindOf(v) {
		case Pass:
			c.Pass++
		case Fail:
			c.Fail++
		case Known:
			c.Known++
		case Unsupported:
			c.Unsupported++
		default:
			c.Inconclusive++
		}
	}
	return c
}

// Ran is how many experiments came to a conclusion about the gateway.
func (c Counts) Ran() int { return c.Pass + c.Fail + c.Known }

// Column is one gateway in one setting.
type Column struct{ Gateway, Version, Setting string }

// ColumnOf is the column that the verdict stands in.
func ColumnOf(v verdict.Verdict) Column { return Column{v.Gateway, v.Version, v.Setting} }

// Columns lists the columns in the order of their first verdict.
func (r Run) Columns() []Column {
	all, seen := []Column{}, map[Column]bool{}
	for _, v := range r.Verdicts {
		if c := ColumnOf(v); !seen[c] {
			all, seen[c] = append(all, c), true
		}
	}
	return all
}

// Sums counts the verdicts, the red ones first seen.
func (r Run) Sums(paint Paint) string {
	c, parts := r.Counts(), []string{}
	for _, k := range Kinds() {
		s := fmt.Sprintf("%d %s", c.Of(k), k)
		if c.Of(k) > 0 {
			s = paint(k, s)
		}
		parts = append(parts, s)
	}
	took := r.Took.Round(100 * time.Millisecond)
	return fmt.Sprintf("%s in %s: %s\n", Experiments(len(r.Verdicts)), took, strings.Join(parts, " · "))
}

// Under says how the same run would have come out under the policies that it was not held against.
func (r Run) Under() string {
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

// TookOf is how long the verdict's experiment took.
func TookOf(v verdict.Verdict) time.Duration {
	return time.Duration(v.TookMS * float64(time.Millisecond))
}

// Settings lists the settings of the run's gateways, those that most have first.
func (r Run) Settings() []string {
	all, count := []string{}, map[string]int{}
	for _, c := range r.Columns() {
		if count[c.Setting]++; count[c.Setting] == 1 {
			all = append(all, c.Setting)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(b, a) // What a vendor ships comes before what was made of it.
	})
	return all
}

// Gateways lists the gateways in the order of their first verdict.
func (r Run) Gateways() []string {
	all := []string{}
	for _, c := range r.Columns() {
		if !slices.Contains(all, c.Gateway) {
			all = append(all, c.Gateway)
		}
	}
	return all
}

// Of returns the run with the verdicts of one setting only.
func (r Run) Of(setting string) Run {
	r.Verdicts = slices.DeleteFunc(
		slices.Clone(r.Verdicts),
		func(v verdict.Verdict) bool { return v.Setting != setting },
	)
	return r
}
