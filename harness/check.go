package harness

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/wording"
)

// Check is one promise and whether it was kept.
type Check struct {
	// Name is stable; see CheckNames.
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Of is the probe that it is about; empty for the experiment as a whole.
	Of string `json:"of,omitempty"`
	// Got and Want say what was promised and what came, when it was not kept.
	Got  string `json:"got,omitempty"`
	Want string `json:"want,omitempty"`
	// BearsMS is, of one that was not kept, how late the machine may be before it says nothing of the gateway; zero for one that does not depend on time. LateMS is
	// how late it was, while that probe, or the recovery, was on its way.
	BearsMS float64 `json:"bears_ms,omitempty"`
	LateMS  float64 `json:"late_ms,omitempty"`
}

func (c Check) broken() bool { return !c.OK }

// String is one line for a report.
func (c Check) String() string {
	s := c.Name
	if c.Of != "" {
		s += " of " + c.Of
	}
	if c.OK {
		return s
	}
	return fmt.Sprintf("%s: got %s, want %s", s, c.Got, c.Want)
}

// The checks. Every one has a mutant that it catches.
const (
	// CheckStatus: the status is one that the policy accepts.
	CheckStatus = "status"
	// CheckAnsweredBy: it was written by the one who should have.
	CheckAnsweredBy = "answered-by"
	// CheckInTime: it came within the gateway's own time limits plus Slack.
	CheckInTime = "in-time"
	// CheckPrompt: a refusal took little longer than a healthy answer beside it; see promptShare.
	CheckPrompt = "prompt"
	// CheckCutVisible: an answer that broke off is not passed on as if it were whole.
	CheckCutVisible = "cut-visible"
	// CheckNotAsked: the upstream was not asked at all before a refusal.
	CheckNotAsked = "not-asked"
	// CheckLetIn: who is not blocked is not refused.
	CheckLetIn = "let-in"
	// CheckBlockHolds: beside every fault, a client that is blocked gets its 403, and the upstream is not asked.
	CheckBlockHolds = "block-holds"
	// CheckBystander: another route stayed healthy, and did not wait for the broken one.
	CheckBystander = "bystander"
	// CheckPostOnce: a POST reached the upstream at most once.
	CheckPostOnce = "post-once"
	// CheckNotCacheable: the gateway's error page may not be stored.
	CheckNotCacheable = "not-cacheable"
	// CheckNoLeak: the gateway's error page tells no internal address or name, on its page or in its header.
	CheckNoLeak = "no-leak"
	// CheckSaysDenied: the page of a 403 by the gateway says that access was denied.
	CheckSaysDenied = "says-denied"
	// CheckSaysNoBlock: the page of a 5xx by the gateway does not claim that the client was blocked.
	CheckSaysNoBlock = "says-no-block"
	// CheckConnection: the client's connection was usable afterwards, or cleanly closed.
	CheckConnection = "connection"
	// CheckAlive: the gateway's process lives.
	CheckAlive = "gateway-alive"
	// CheckSteadyAfter: service came back after the undo, with nothing restarted.
	CheckSteadyAfter = "steady-after"
)

// CheckNames lists the checks, in the order in which a verdict's reason is looked for: a gateway that is dead breaks others too.
func CheckNames() []string {
	return []string{
		CheckAlive, CheckStatus, CheckAnsweredBy, CheckInTime, CheckPrompt, CheckCutVisible, CheckNotAsked, CheckLetIn, CheckBlockHolds, CheckBystander, CheckPostOnce,
		CheckNotCacheable, CheckNoLeak, CheckSaysDenied, CheckSaysNoBlock, CheckConnection, CheckSteadyAfter,
	}
}

// Slack is what a loaded machine may add to a gateway's time limits before its answer counts as late. Under full load answers were measured some hundred
// milliseconds late at most; a gateway that hangs is late by any amount.
const Slack = 2 * time.Second

// checkAnswer holds an observation against what a client should see.
func checkAnswer(o Observation, want Expectation, within time.Duration) []Check {
	check := func(name string, ok bool, got, want string) Check {
		if ok {
			return Check{Name: name, OK: true, Of: o.Probe}
		}
		return Check{Name: name, Of: o.Probe, Got: got, Want: want}
	}
	if len(want.Statuses) == 0 {
		return []Check{check(CheckStatus, o.Silent(), o.String(), want.String())}
	}
	checks := []Check{check(CheckInTime, !o.Late(), fmt.Sprintf("nothing whole in %s (%s)", within, o), "an answer in that time")}
	if o.Late() {
		return checks // Nothing more can be said of an answer that is not there.
	}
	if want.Within > 0 && o.took() > want.Within {
		checks[0] = check(CheckInTime, false, o.took().Round(time.Millisecond).String(), "an answer within "+want.Within.String())
		checks[0].BearsMS = missed(o.took() - want.Within)
	}
	if want.another(o) {
		want.Statuses, want.By, want.Header = []int{o.Status}, o.By, nil // Nothing of what the broken one does shows in it.
	}
	if want.OrCut && o.By == ByUpstream && !want.Accepts(o.Status) {
		return append(checks, check(CheckCutVisible, o.End == client.Truncated, o.String()+", seemingly whole", want.String()))
	}
	if want.OrUnavailable && o.Status == http.StatusOK && o.GRPC == unavailable {
		want.Statuses = []int{o.Status}
	}
	if want.relayed(o) {
		want.Statuses, want.By = []int{o.Status}, o.By
	}
	checks = append(checks, check(CheckStatus, want.Accepts(o.Status) && o.Answered(), o.String(), want.String()))
	if !want.Accepts(o.Status) || !o.Answered() {
		return checks
	}
	checks = append(checks, check(CheckAnsweredBy, o.By == want.By && want.kept(o) == "", o.String()+want.kept(o), want.String()),
		check(CheckConnection, o.After == connectionUsable || o.After == connectionClosed || o.After == connectionUntried, o.After, "usable or cleanly closed"))
	return checks
}

// checkPage holds an error page of the gateway's own against what it must not be.
func checkPage(o Observation, secrets []secret) []Check {
	checks := []Check{{Name: CheckNotCacheable, OK: true, Of: o.Probe}, {Name: CheckNoLeak, OK: true, Of: o.Probe}}
	if why := Cacheable(o.Status, o.Header); why != "" {
		checks[0] = Check{Name: CheckNotCacheable, Of: o.Probe, Got: why, Want: "nothing that lets a cache keep it"}
	}
	if told := leak(o, secrets); told != "" {
		checks[1] = Check{Name: CheckNoLeak, Of: o.Probe, Got: told, Want: "no internal address or name"}
	}
	return checks
}

// checkWords holds the words of an error page of the gateway's own against its status.
func checkWords(o Observation) []Check {
	denied := o.says == wording.Denied
	switch {
	case o.Status == http.StatusForbidden:
		return []Check{{Name: CheckSaysDenied, OK: denied, Of: o.Probe, Got: fmt.Sprintf("%.80q", o.Body), Want: "a page that says that access was denied"}}
	case o.Status >= http.StatusInternalServerError:
		return []Check{{Name: CheckSaysNoBlock, OK: !denied, Of: o.Probe, Got: fmt.Sprintf("%.80q", o.Body), Want: "a page that blames no block"}}
	}
	return nil
}
