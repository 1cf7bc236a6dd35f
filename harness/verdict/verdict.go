// Package verdict has what an experiment came to: passed, failed, or one of the two that are neither.
package verdict

import (
	"strings"

	"github.com/gatequake/gatequake/harness/record"
)

// Result is what an experiment came to.
type Result string

// The results. The zero value is Inconclusive: what was never decided did not pass.
const (
	// Inconclusive: the harness could not tell. It turns a run red.
	Inconclusive Result = ""
	// Pass: the gateway kept every promise.
	Pass Result = "pass"
	// Fail: the gateway broke a promise.
	Fail Result = "fail"
	// Unsupported: the world or the gateway cannot express the experiment; Reason says why. It is not a pass.
	Unsupported Result = "unsupported"
)

// String returns the result's word.
func (r Result) String() string {
	if r == Inconclusive {
		return "inconclusive"
	}
	return string(r)
}

// MarshalText writes the word.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the word; one it does not know is Inconclusive.
func (r *Result) UnmarshalText(b []byte) error {
	switch v := Result(b); v {
	case Pass, Fail, Unsupported:
		*r = v
	default:
		*r = Inconclusive
	}
	return nil
}

// Verdict is the record of one experiment and what was concluded from it under a policy. Its zero value is
// inconclusive.
type Verdict struct {
	record.Record
	Policy string `json:"policy"`
	// Under tells what each of Gatequake's own policies would have said of the same observations; empty when nothing
	// was observed.
	Under []Under `json:"under,omitempty"`
	// Expected and Observed sum up the promise and what came instead, in words that do not differ from run to run.
	Expected string `json:"expected"`
	Observed string `json:"observed"`
	// Result and Reason are the outcome; Deviation is the known deviation's reason when Result is a Fail that is known.
	Result    Result `json:"verdict"`
	Reason    string `json:"reason,omitempty"`
	Deviation string `json:"known_deviation,omitempty"`
	// Link is where the gateway's vendor speaks of the known deviation.
	Link string `json:"known_deviation_link,omitempty"`
	// Chance is not nil where the gateway's folder says that the experiment does not always come out the same.
	Chance *Chance `json:"chance,omitempty"`
	// FixedIn is the version from which on the gateway does not do so any more; empty where none is known.
	FixedIn string `json:"fixed_in,omitempty"`
	// Class, of a fail of a gateway of the user's own, says what kind of red it is.
	Class Class `json:"class,omitempty"`
	// Allowed is true for a fail of a class by which the run does not fail.
	Allowed bool `json:"allowed,omitempty"`
	// Fix is a change of the gateway's configuration that mends the fail; nil where none is known to.
	Fix *Fix `json:"fix,omitempty"`
	// Said is what the gateway's log says of a mistake of its own, of a fail that is to be fixed; nil if it says none.
	Said *Said `json:"said,omitempty"`
	// Named are, of a fail of a gateway of the user's own, the lines of its configuration that name the broken upstream.
	Named []Line `json:"named,omitempty"`
	// Checks are the promises, each with its outcome. Where remedies were tried in place of the probes there are
	// none, and it is a pass when each came to an outcome.
	Checks []Check `json:"checks"`
	// Counts tells, for a fault that is tried under load, how often each answer came, by "METHOD PATH: answer".
	Counts map[string]int `json:"counts,omitempty"`
	// Recovery sums up how long it took until service was back, over the runs of an experiment that was repeated; nil
	// when it was run once, or nothing was asked.
	Recovery *Recovery `json:"recovery,omitempty"`
	// Starved is true when it is inconclusive because of the machine: that was too late, or had no descriptors,
	// memory or processes left for the world.
	Starved bool `json:"starved,omitempty"`
	// Lacked is true when it was the latter.
	Lacked bool `json:"lacked,omitempty"`
	// Runs are the single runs of an experiment that was repeated; empty when it was run once.
	Runs []Run `json:"runs,omitempty"`
}

// Under is what a policy says of an experiment.
type Under struct {
	Policy   string `json:"policy"`
	Expected string `json:"expected"`
	Result   Result `json:"verdict"`
}

// NotTried makes v the verdict on an experiment that was not tried, because first showed that the gateway serves
// nobody.
func (v Verdict) NotTried(first Verdict) Verdict {
	v.NotTriedAfter, v.Stopped = first.ID, first.Reason
	v.Reason = v.WhyStopped()
	return v
}

// OwnReason is Reason without the words that name the experiment that it is of, where it is that of another.
func (v Verdict) OwnReason() string {
	if v.NotTriedAfter == "" {
		return v.Reason
	}
	return strings.TrimPrefix(v.Reason, v.NotTriedPrefix())
}

// Known reports whether the verdict is a fail that does not make the run fail: the gateway's folder lists it as a known
// deviation, or, of a gateway of the user's own, its class is allowed.
func (v Verdict) Known() bool {
	if v.Class != "" {
		return v.Result == Fail && v.Allowed
	}
	return v.Result == Fail && v.Deviation != ""
}

// Broken lists the names of the checks that failed, each once, in order.
func (v Verdict) Broken() []string {
	names := []string{}
	seen := map[string]bool{}
	for _, c := range v.Checks {
		if !c.OK && !seen[c.Name] {
			names = append(names, c.Name)
			seen[c.Name] = true
		}
	}
	return names
}

// Starve makes the verdict inconclusive because of the machine, which had nothing left of what is said.
func (v *Verdict) Starve(lacks string) {
	v.Result, v.Starved, v.Lacked = Inconclusive, true, true
	v.Reason = "this machine had nothing left for the world: " + lacks
}
