package record

import (
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
)

// Record is all that was seen of one experiment on one gateway in one setting, and nothing that was concluded from it:
// the same record may be judged again, under any policy. Its zero value is of an experiment that was never begun.
type Record struct {
	ID string `json:"id"`
	// Title, Cause and ErrorType are the fault's; a block has the cause "block".
	Title     string                `json:"title"`
	Cause     cause.Cause           `json:"cause"`
	ErrorType proxystatus.ErrorType `json:"error_type,omitempty"`
	Gateway   string                `json:"gateway"`
	Version   string                `json:"version"`
	Setting   string                `json:"setting"`
	// Program, of a gateway of the user's own, is the known gateway that it is; empty for one that is none of them.
	Program string `json:"program,omitempty"`
	// World is the mode of the world: root, user or portable.
	World string `json:"world"`
	// Terms are what the experiment itself says of the right answer, whatever the policy.
	Terms Terms `json:"terms"`
	// Cannot is why the experiment cannot be made here; Stopped is what kept it from its end. Both are empty for one
	// that was made.
	Cannot  string `json:"cannot,omitempty"`
	Stopped string `json:"stopped,omitempty"`
	// Lacks is what the machine had none left of for the harness: descriptors, memory, processes. Empty for nothing.
	Lacks string `json:"lacks,omitempty"`
	// NotTriedAfter is the experiment that showed that the gateway serves nobody, so that this one was not tried.
	NotTriedAfter string `json:"not_tried_after,omitempty"`
	// Target tells, for a gateway of the user's own, what Setting stands for; nil for the others.
	Target *Target `json:"target,omitempty"`
	// Served is true when the gateway served the bystander before anything was broken.
	Served bool `json:"served"`
	// Evidence is what confirmed the fault without the gateway.
	Evidence string `json:"evidence,omitempty"`
	// Advice says what would have kept clients from noticing the fault, with what was measured of the gateway; empty for
	// most.
	Advice string `json:"advice,omitempty"`
	// Observations are what clients saw.
	Observations []Observation `json:"observations"`
	// Pool tells, for a fault of one member of a pool, what clients met meanwhile, by method; RecoveryMS is then the
	// time until each member served again.
	Pool []PoolSample `json:"pool,omitempty"`
	// Remedies are what came of each remedy, where some were tried in place of the probes.
	Remedies []RemedyOutcome `json:"remedies,omitempty"`
	// Events are when it all happened, in order; what clients saw is in the observations.
	Events []Event `json:"events,omitempty"`
	// Before holds the gateway's last lines before the injection, when all was well; Log its lines from the injection
	// on.
	Before []string `json:"log_before,omitempty"`
	Log    []string `json:"log"`
	// Dead is how the gateway's process ended, when it did; Unwatched is true when it is not the harness's to watch.
	Dead      string `json:"dead,omitempty"`
	Unwatched bool   `json:"unwatched,omitempty"`
	// LastWords is the end of the log of a gateway that is dead.
	LastWords string `json:"last_words,omitempty"`
	// Recovered is true when service was waited for after the undo, and came back; Unrecovered is what was seen in its
	// place, empty where service was not waited for.
	Recovered   bool   `json:"recovered,omitempty"`
	Unrecovered string `json:"unrecovered,omitempty"`
	// RecoveryMS is the time from the undo to the steady state; negative when that did not come, or was not waited for.
	RecoveryMS float64 `json:"recovery_ms"`
	// RecoveryLateMS is how late the machine let the world run at worst meanwhile.
	RecoveryLateMS float64 `json:"recovery_late_ms,omitempty"`
	// Unchecked lists promises that cannot be held against this gateway, each with the reason.
	Unchecked []string `json:"unchecked,omitempty"`
	// Started, TookMS and FaultMS are when the experiment began, how long it took, and how much of that was spent in
	// the fault (inject to undo).
	Started time.Time `json:"started"`
	TookMS  float64   `json:"took_ms"`
	FaultMS float64   `json:"fault_ms"`
	// CPUMS is the CPU time that the world took, the gateway's included.
	CPUMS float64 `json:"cpu_ms"`
	// LateMS is how late the machine let the world run at worst, while a probe or the recovery was on its way; before
	// that, while it was set up, if it did not come to that. See strain.Monitor.
	LateMS float64 `json:"late_ms"`
	// Again is why the experiment was measured a second time: what is wrong with the first, of which nothing else is
	// left.
	Again string `json:"measured_again,omitempty"`
	// Replay is the command that runs this very experiment again.
	Replay string `json:"replay"`
}

// Target is what a record of a gateway of the user's own is about: a probe, and one of the upstreams that it touches.
type Target struct {
	Probe string `json:"probe"`
	URL   string `json:"url"`
	// Upstream is its name, and At where the gateway finds it.
	Upstream string `json:"upstream"`
	At       string `json:"at"`
	// Role is what the upstream is to the probe (gateway.Role); empty if it serves.
	Role string `json:"role,omitempty"`
	// Speaks is what the gateway speaks to the upstream (gateway.Upstream); empty where that is not known.
	Speaks string `json:"speaks,omitempty"`
}

// Terms are what an experiment says of the right answer by itself: what a policy, and every check, goes by.
type Terms struct {
	// Base is the ID of the fault, or of the block in whatever state of its upstream.
	Base string `json:"base"`
	// Refusal is what a client who is blocked should see, and Admission what one should who is not, where the
	// experiment is of a block; nil for a fault.
	Refusal   *Expectation `json:"refusal,omitempty"`
	Admission *Expectation `json:"admission,omitempty"`
	// Broken is true when something around the gateway is broken, also behind a block.
	Broken bool `json:"broken,omitempty"`
	// Control, if not nil, is the answer that must come under every policy that does not name the experiment.
	Control *Expectation `json:"control,omitempty"`
	// Tolerated, if not nil, is what the standards leave to each gateway: the upstream's answer, passed on whole.
	Tolerated *Tolerance `json:"tolerated,omitempty"`
	// AfterHead is true when the fault strikes after the upstream's head was sent.
	AfterHead bool `json:"after_head,omitempty"`
	// GRPC is true when the clients of the fault's route call methods of gRPC.
	GRPC bool `json:"grpc,omitempty"`
	// Load is true when each probe is one of many clients at a time.
	Load bool `json:"load,omitempty"`
	// Balanced is true when the fault strikes one member of a pool, and the service should go on.
	Balanced bool `json:"balanced,omitempty"`
	// Steady is the status of the main probe while nothing is broken, where that is the user's to say; 0 stands for
	// 200. SteadyBy is who gives that answer; empty stands for the upstream.
	Steady   int    `json:"steady,omitempty"`
	SteadyBy Author `json:"steady_by,omitempty"`
	// Part is what the broken upstream has to do with the answer; empty where the answer is its own.
	Part Part `json:"part,omitempty"`
	// Bystander says what the bystander gets while nothing is broken; empty where there is none.
	Bystander string `json:"bystander,omitempty"`
	// Besides are further answers that are as good for the clients of a gateway of the user's own.
	Besides []Tolerance `json:"besides,omitempty"`
	// Unavailable is true when a call of gRPC may end in UNAVAILABLE whatever route the fault strikes.
	Unavailable bool `json:"unavailable,omitempty"`
	// Opaque is why requests cannot be counted at the upstream; empty where they can.
	Opaque string `json:"opaque,omitempty"`
	// Limits are the gateway's own.
	Limits Limits `json:"limits"`
}

// Part is what a broken upstream has to do with the answer to the main probe.
type Part string

// The parts of an upstream that does not give the answer itself.
const (
	// NoPart: whatever becomes of it, the answer stays what it is.
	NoPart Part = "none"
	// WatchedPart: the gateway looks by it whether those are well that serve, and may take them out of service.
	WatchedPart Part = "watched"
	// VouchedPart: the gateway asks it whether the client may have an answer. What follows when it cannot be asked is
	// the gateway's own policy.
	VouchedPart Part = "vouches"
	// PassedPart: the gateway passes bytes on between it and the client, and writes no answer of its own.
	PassedPart Part = "passed through"
)

// Limits are how long a gateway's setting lets a client wait when a part of the exchange with the upstream goes wrong,
// in milliseconds.
type Limits struct {
	AtOnce  float64 `json:"at_once_ms"`
	Resolve float64 `json:"resolve_ms"`
	Connect float64 `json:"connect_ms"`
	Respond float64 `json:"respond_ms"`
}

// Shortest is the least of the times for which the gateway waits for somebody.
func (l Limits) Shortest() time.Duration {
	return time.Duration(min(l.Resolve, l.Connect, l.Respond) * float64(time.Millisecond))
}

// Longest is the greatest of the limits.
func (l Limits) Longest() time.Duration {
	return time.Duration(max(l.AtOnce, l.Resolve, l.Connect, l.Respond) * float64(time.Millisecond))
}

// WhyStopped is what kept the experiment from its end, and after which other it was not tried, if that is so.
func (r Record) WhyStopped() string {
	if r.NotTriedAfter == "" {
		return r.Stopped
	}
	return r.NotTriedPrefix() + r.Stopped
}

// NotTriedPrefix begins the reason of an experiment that was not tried because of another.
func (r Record) NotTriedPrefix() string { return "not tried after " + r.NotTriedAfter + ": " }

// Slack is what a loaded machine may add to a gateway's time limits before its answer counts as late. Under full load
// answers were measured some hundred milliseconds late at most; a gateway that hangs is late by any amount.
const Slack = 2 * time.Second
