package harness

import (
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/strain"
)

// Bearable is how late the machine may let a world run before what a client was answered may be the machine's doing and not the gateway's. A second is the shortest
// time limit that any known gateway is set to (within, in fixtures/gateways): an upstream that is later than that is one that is silent. With sixty-four worlds on
// two processors that nobody else used, no world was later than 650 ms.
const Bearable = time.Second

// bears is how late the machine may be before a check that was not kept says nothing of the gateway; zero for what is so however late it is: a process that ended, a
// request that came twice, a page that names an address.
func (t *trial) bears(check string) time.Duration {
	switch check {
	case CheckInTime:
		return Slack
	case CheckPrompt:
		return max(t.promptly(), strain.Tick)
	case CheckSteadyAfter:
		return steadyMost - steadyTimeout // For so long the wait was longer by as much as the machine was late.
	case CheckStatus, CheckAnsweredBy, CheckLetIn, CheckBlockHolds, CheckBystander, CheckConnection:
		return max(min(Bearable, t.shortest()), strain.Tick)
	}
	return 0
}

// missed is how late the machine may be before a time over a policy's bound says nothing of the gateway: as much as it was over. The policy gives no slack.
func missed(over time.Duration) float64 { return ms(min(max(over, strain.Tick), Slack)) }

// weigh notes, of each check that was not kept, how late the machine may be, and how late it was.
func (t *trial) weigh() {
	for i := range t.verdict.Checks {
		c := &t.verdict.Checks[i]
		if !c.broken() {
			continue
		}
		if c.BearsMS == 0 {
			c.BearsMS = ms(t.bears(c.Name))
		}
		c.LateMS = t.recoveredLate
		if c.Of != "" {
			c.LateMS = t.lateOf(c.Of)
		}
	}
}

// lateOf is how late the machine was at worst while a probe of that name was on its way.
func (t *trial) lateOf(probe string) (late float64) {
	for _, o := range t.verdict.Observations {
		if o.Probe == probe {
			late = max(late, o.LateMS)
		}
	}
	return late
}

// lacked returns what the machine had none left of for us, or nil.
func (t *trial) lacked() error {
	for _, o := range t.verdict.Observations {
		if o.End == client.Starved {
			return fmt.Errorf("%s: %s", o.Probe, o.Error)
		}
	}
	return strain.Noted(t.verdict.Started)
}

// starve makes the verdict inconclusive because of the machine, which had nothing left of what err says.
func (v *Verdict) starve(err error) {
	v.Result, v.Starved, v.Lacked, v.Reason = Inconclusive, true, true, fmt.Sprintf("this machine had nothing left for the world: %v", err)
}

// Starve returns the verdict, made inconclusive if err is a lack of the machine's.
func (v Verdict) Starve(err error) Verdict {
	if strain.Lacks(err) {
		v.starve(err)
	}
	return v
}

// Excuse returns the verdict, made inconclusive if it is a fail that is not known and that the machine may be to blame for: it was later than each of the checks that
// were not kept can bear. What is inconclusive anyway is marked if the machine was that late. Of a known gateway, what its list holds is no news: only the other
// checks count.
func (v Verdict) Excuse(d *gateway.Definition) Verdict {
	switch {
	case v.Starved:
	case v.Result == Inconclusive && v.LateMS > ms(Bearable):
		v.Starved, v.Reason = true, fmt.Sprintf("%s; meanwhile this machine was %.0f ms late", v.Reason, v.LateMS)
	case v.Result == Fail && !v.Known():
		if late, bears := v.blames(d); late > bears {
			v.Result, v.Starved = Inconclusive, true
			v.Reason = fmt.Sprintf("this machine was %.0f ms late, and the check allows %.0f ms: %s", late, bears, v.Reason)
		}
	}
	return v
}

// blames returns how late the machine was, and how late it may be, in milliseconds, for the check that has least to do with it. Where all that was not kept is
// listed, or nothing was not, it was what was observed that changed.
func (v Verdict) blames(d *gateway.Definition) (late, bears float64) {
	listed := []string{}
	if known, err := v.Listed(d); err == nil && known != nil {
		listed = known.Breaks
	}
	late, bears = v.LateMS, ms(Bearable)
	first := true
	for _, c := range v.Checks {
		switch {
		case c.OK || c.BearsMS == 0 && slices.Contains(listed, c.Name):
		case c.BearsMS == 0:
			return 0, 0 // It is so however late the machine was.
		case first || c.LateMS-c.BearsMS < late-bears:
			late, bears, first = c.LateMS, c.BearsMS, false
		}
	}
	return late, bears
}
