// Package catalog has what is tried: faults, blocks, remedies, and the experiments that are made of them. It says
// what cannot be tried where, and why; nothing else does.
package catalog

import (
	"context"
	"math"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Fault is one way in which the world around a gateway can be broken. It is plain data until Inject runs. One file
// holds one fault, or one family of one mechanism, and registers it.
type Fault struct {
	// ID is stable, in kebab case, as in the catalogue.
	ID string
	// Title completes the sentence "the answer is a 502 when …".
	Title string
	// Cause is the article's.
	Cause cause.Cause
	// Type is the Proxy-Status error type of RFC 9209 that a gateway would report; empty for a control.
	Type proxystatus.ErrorType
	// Control, if not nil, marks what is no fault: the answer that must come all the same.
	Control *record.Expectation
	// AfterHead is true when the fault strikes after the upstream's head was sent: a gateway that passed the head on
	// cannot answer 502 any more, and its client must be able to see that the body is cut.
	AfterHead bool
	// Tolerated, if not nil, marks what the standards leave to each gateway: the upstream's answer, passed on whole,
	// is as right as an error.
	Tolerated *record.Tolerance
	// Late is true when the right answer does come, later than the gateways' folders let them wait. A gateway of the
	// user's own may wait for it as long as its clients do.
	Late bool
	// Load, if not nil, makes every probe one of many: so many clients at a time, each of which asks once, waits so
	// long after the answer, and sends the request that counts, on the same connection if that is still there. Idle is
	// after how long without a request the upstream ends a connection. How often each answer came is in the verdict.
	// The same load is sent before anything is broken: what fails then is not the fault's doing.
	Load func(idle time.Duration) []time.Duration
	// Means, if not nil, is what lets more of a load meet the fault, and does no harm by itself: it is there before
	// anything is broken, too.
	Means Injector
	// Withholds is how long the link lets nothing through of what the upstream says, if it can be told: what a client
	// gets earlier is not the upstream's.
	Withholds time.Duration
	// Beyond tells what else than the upstream's own port the fault strikes by its nature, such as "the host's
	// address": who needs the same beside it has no way of its own left. Empty for nothing; a fault of RouteNamed
	// strikes the upstream's name.
	Beyond string
	// Phase is where the exchange with the upstream goes wrong; it bounds the wait for an answer.
	Phase Phase
	// Route is the one that the fault strikes; the zero value is RouteMain.
	Route site.Route
	// Also lists the states of the gateway, besides Warm, that the fault is tried in.
	Also []site.State
	// Needs is what the world must be able to do.
	Needs []world.Need
	// What explains it in a paragraph; Made and Confirmed tell how it is made and how it is proved without the gateway.
	What, Made, Confirmed string
	// Prepare changes the plan of the world before anything starts. Optional.
	Prepare func(*site.Plan)
	// Inject breaks the bench's world, in which the harness plays the upstream. Nil for a fault that ByLink makes
	// everywhere.
	Inject Injector
	// ByLink breaks nothing but the link in front of the upstream, whoever's the upstream is, and wherever the gateway
	// runs. Nil for a fault that a link alone cannot make.
	ByLink Injector
}

// Injector breaks what stands around the bench's gateway.
type Injector func(context.Context, *site.Bench) (*Injection, error)

// Break breaks what stands around the bench's gateway: by Inject where the harness plays the upstream, by ByLink where
// it has only the link. The error wraps errors.ErrUnsupported where neither will do.
func (f *Fault) Break(ctx context.Context, b *site.Bench) (*Injection, error) {
	_, err := site.As[site.Scripter](b, beyondLinks)
	switch {
	case err == nil && f.Inject != nil:
		return f.Inject(ctx, b)
	case f.ByLink != nil:
		return f.ByLink(ctx, b)
	}
	return nil, err
}

// Unbroken is what is there of a fault with a load before anything is broken; nil for nothing.
func (f *Fault) Unbroken() *Fault {
	if f.Means == nil {
		return nil
	}
	return &Fault{ID: f.ID, Inject: f.Means}
}

// Experiment is that on the fault alone, as it strikes a warm gateway.
func (f *Fault) Experiment() Experiment {
	return Experiment{ID: f.ID, Fault: f, Protocol: f.Route.Protocol()}
}

// StrikesBesides is Beyond, with what goes without saying.
func (f *Fault) StrikesBesides() string {
	if f.Beyond == "" && f.Route == site.RouteNamed {
		return "the upstream's name"
	}
	return f.Beyond
}

// Forever is a time that is never over.
const Forever time.Duration = math.MaxInt64

// Phase is a part of the exchange between gateway and upstream.
type Phase string

// The phases. See gateway.Within for the time that each is given.
const (
	AtOnce     Phase = "at-once"
	Resolving  Phase = "resolve"
	Connecting Phase = "connect"
	Responding Phase = "response"
)

// Phases lists the phases, in the order of an exchange.
func Phases() []Phase { return []Phase{AtOnce, Resolving, Connecting, Responding} }

// Injection is a fault that holds.
type Injection struct {
	// Undo takes the fault back. It is idempotent.
	Undo func(context.Context) error
	// Confirm proves, with a dial of its own past the gateway, that the world is broken as claimed, and returns the
	// evidence. It is called before the probes and again after them. An error means that the world is not broken so,
	// and makes the experiment inconclusive.
	Confirm func(context.Context) (evidence string, err error)
	// Advice says what would keep clients from noticing the fault, with what was measured of the gateway while it held.
	// Optional; it is asked for after the last confirmation.
	Advice func() string
	// Rearm makes a fault that one request uses up ready for the next. Optional; it is called before each probe and
	// each confirmation.
	Rearm func(context.Context) error
}
