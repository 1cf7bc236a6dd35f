package harness

import (
	"strings"
	"time"
)

// Result is what an experiment came to.
type Result string

// The results. The zero value is Inconclusive: what was never decided did not pass.
const (
	// Inconclusive: we could not tell. It turns a run red.
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

// Verdict is the whole record of one experiment on one gateway in one setting. Its zero value is inconclusive.
type Verdict struct {
	ID string `json:"id"`
	// Title, Cause and ErrorType are the fault's; a block has the cause "block".
	Title     string    `json:"title"`
	Cause     Cause     `json:"cause"`
	ErrorType ErrorType `json:"error_type,omitempty"`
	Gateway   string    `json:"gateway"`
	Version   string    `json:"version"`
	Setting   string    `json:"setting"`
	Policy    string    `json:"policy"`
	// Under tells what each of Gatequake's own policies would have said of the same observations; empty when nothing was observed.
	Under []Under `json:"under,omitempty"`
	// World is the mode of the world: root, user or portable.
	World string `json:"world"`
	// Expected and Observed sum up the promise and what came instead, in words that do not differ from run to run.
	Expected string `json:"expected"`
	Observed string `json:"observed"`
	// Result and Reason are the outcome; Deviation is the known deviation's reason when Result is a Fail that is known.
	Result    Result `json:"verdict"`
	Reason    string `json:"reason,omitempty"`
	Deviation string `json:"known_deviation,omitempty"`
	// NotTriedAfter is the experiment that showed that the gateway serves nobody, so that this one was not tried;
	// Reason begins with that, and ends with its.
	NotTriedAfter string `json:"not_tried_after,omitempty"`
	// Link is where the gateway's vendor speaks of the known deviation.
	Link string `json:"known_deviation_link,omitempty"`
	// Chance is not nil where the gateway's folder says that the experiment does not always come out the same.
	Chance *Chance `json:"chance,omitempty"`
	// Hint, for a gateway of the user's own that is a known one, names the directive that governs what was seen.
	Hint string `json:"hint,omitempty"`
	// HintLink is where its vendor documents it.
	HintLink string `json:"hint_link,omitempty"`
	// Target tells, for a gateway of the user's own, what Setting stands for; nil for the others.
	Target *Target `json:"target,omitempty"`
	// Served is true when the gateway served the bystander before anything was broken.
	Served bool `json:"served"`
	// Unchecked lists the promises that could not be held against this gateway, each with the reason.
	Unchecked []string `json:"unchecked,omitempty"`
	// Evidence is what confirmed the fault without the gateway.
	Evidence string `json:"evidence,omitempty"`
	// Checks are the promises, each with its outcome; Observations the probes.
	Checks       []Check       `json:"checks"`
	Observations []Observation `json:"observations"`
	// Counts tells, for a fault that is tried under load, how often each answer came, by "METHOD PATH: answer".
	Counts map[string]int `json:"counts,omitempty"`
	// Pool tells, for a fault of one of two members of a pool, what clients met meanwhile, by method; RecoveryMS is then the time until each member served again.
	Pool []Share `json:"pool,omitempty"`
	// Remedies are what came of each remedy, where some were tried in place of the probes. Such a verdict has no checks, and is a pass when each came to an outcome.
	Remedies []Attempt `json:"remedies,omitempty"`
	// Moments are when it all happened, in order; what clients saw is in the observations.
	Moments []Moment `json:"moments,omitempty"`
	// Before holds the gateway's last lines before the injection, when all was well; Log its lines from the injection
	// on.
	Before []string `json:"log_before,omitempty"`
	Log    []string `json:"log"`
	// RecoveryMS is the time from the undo to the steady state; negative when it did not come, or was not tried.
	RecoveryMS float64 `json:"recovery_ms"`
	// Recovery sums that up over the runs of an experiment that was repeated; nil when it was run once, or nothing was asked.
	Recovery *Recovery `json:"recovery,omitempty"`
	// Started, TookMS and FaultMS are when the experiment began, how long it took, and how much of that was spent in the fault (inject to undo).
	Started time.Time `json:"started"`
	TookMS  float64   `json:"took_ms"`
	FaultMS float64   `json:"fault_ms"`
	// CPUMS is the CPU time that the world took, the gateway's included.
	CPUMS float64 `json:"cpu_ms"`
	// LateMS is how late the machine let the world run at worst, while a probe or the recovery was on its way; before that, while it was set up, if it did not
	// come to that. See strain.Monitor.
	LateMS float64 `json:"late_ms"`
	// Starved is true when it is inconclusive because of the machine: that was too late, or had no descriptors, memory or processes left for the world.
	Starved bool `json:"starved,omitempty"`
	// Lacked is true when it was the latter.
	Lacked bool `json:"lacked,omitempty"`
	// Again is why the experiment was measured a second time: what is wrong with the first, of which nothing else is left.
	Again string `json:"measured_again,omitempty"`
	// Runs are the single runs of an experiment that was repeated; empty when it was run once.
	Runs []Run `json:"runs,omitempty"`
	// Replay is the command that runs this very experiment again.
	Replay string `json:"replay"`
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
	v.NotTriedAfter = first.ID
	v.Reason = v.notTried() + first.Reason
	return v
}

func (v Verdict) notTried() string { return "not tried after " + v.NotTriedAfter + ": " }

// OwnReason is Reason without the words that name the experiment that it is of, where it is that of another.
func (v Verdict) OwnReason() string {
	if v.NotTriedAfter == "" {
		return v.Reason
	}
	return strings.TrimPrefix(v.Reason, v.notTried())
}

// Known reports whether the verdict is a fail that the gateway's folder lists as a known deviation.
func (v Verdict) Known() bool { return v.Result == Fail && v.Deviation != "" }

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
