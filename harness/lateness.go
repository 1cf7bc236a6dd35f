package harness

import (
	"cmp"
	"fmt"
	"math"
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

// weigh notes, of each check that was not kept, how late the machine may be.
func (t *trial) weigh() {
	for i := range t.verdict.Checks {
		if c := &t.verdict.Checks[i]; c.broken() && c.BearsMS == 0 {
			c.BearsMS = ms(t.bears(c.Name))
		}
	}
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
	bears := v.bears(d)
	switch {
	case v.Starved || v.LateMS <= bears:
	case v.Result == Inconclusive:
		v.Starved, v.Reason = true, fmt.Sprintf("%s; meanwhile this machine was %.0f ms late", v.Reason, v.LateMS)
	case v.Result == Fail && !v.Known():
		v.Result, v.Starved = Inconclusive, true
		v.Reason = fmt.Sprintf("this machine was %.0f ms late, and the check allows %.0f ms: %s", v.LateMS, bears, v.Reason)
	}
	return v
}

// bears is how late, in milliseconds, the machine may be before the checks that were not kept say nothing of the gateway.
func (v Verdict) bears(d *gateway.Definition) float64 {
	listed := []string{}
	if known, err := v.Listed(d); err == nil && known != nil {
		listed = known.Breaks
	}
	most := 0.0
	for _, c := range v.Checks {
		switch {
		case c.OK:
		case c.BearsMS == 0 && v.Result == Fail && !slices.Contains(listed, c.Name):
			return math.Inf(1)
		default:
			most = max(most, c.BearsMS)
		}
	}
	return cmp.Or(most, ms(Bearable))
}
