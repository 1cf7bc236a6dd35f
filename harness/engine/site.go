package engine

import (
	"context"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Site is where one experiment happens, as the engine sees it: a gateway, what stands around it, and what can be seen
// of both. On returns the one of a bench; the engine's own tests have one in memory.
type Site interface {
	// Steady waits until each route serves; EachServes until every member of the pool has served a client. Their
	// errors say what came in place of service.
	Steady(context.Context, ...site.Route) error
	EachServes(context.Context) error
	// Inject breaks the world; nothing is broken when it fails.
	Inject(context.Context, *catalog.Fault) (*catalog.Injection, error)
	// PrepareState brings the gateway into the state in which the fault strikes, EnterState into the one that it can
	// be in only once that has struck. Strike and Mend tell the site that a fault holds, and that none does any more.
	PrepareState(context.Context, site.State, site.Route) error
	EnterState(context.Context, site.State) error
	Strike(withholds time.Duration)
	Mend()
	// Sound proves, without the gateway, that every upstream works; BystanderWay that the bystander's do.
	Sound(context.Context) error
	BystanderWay(context.Context) error

	// Probe sends one request through the gateway; Crowd sends it from as many clients as there are waits.
	Probe(context.Context, site.Probe) record.Observation
	Crowd(context.Context, site.Probe, []time.Duration) <-chan []record.Observation
	// NewVisitor returns a client who has never been there, for a remedy.
	NewVisitor(site.Probe) *site.Visitor
	// Hits lists the requests with the nonce that reached an upstream; Queries what the nameserver was asked.
	Hits(nonce string) []upstream.Hit
	Queries() []dns.Query

	// Process is the gateway's.
	Process() Process
	// SettleLog waits until the gateway has written down what happened so far.
	SettleLog(context.Context)
	// Late measures, from now on until the returned function is called, how late the machine lets the world run at
	// worst.
	Late() (until func() time.Duration)
	// Lacks tells why the world cannot do what a remedy needs; "" if it can.
	Lacks(world.Need) string
	Close()

	// What the gateway's kind, and its folder, say. See site.Kind for the first of them.
	Terms(t record.Terms, late bool) record.Terms
	Unchecked() []string
	Watched() bool
	Tells(record.Observation) string
	MethodsOf(site.Route) []string
	Healthy(site.Route, record.Observation) bool
	HasBystander() bool
	WholePool(site.State) bool
	MembersTried() int
	Delayed(shortest time.Duration) time.Duration
	Checked() string
	Obstacle() string
	// Resolves is how long after a change of names the gateway has noticed it at the latest.
	Resolves() time.Duration
	// Holds reports whether the gateway claims to hold a block of the catalogue.
	Holds(block string) bool
}

// Process is a gateway's process.
type Process interface {
	// Dead says how it ended, and is "" while it lives; Exited is closed when it has.
	Dead() string
	Exited() <-chan struct{}
	// Mark is a place in its log, and Since lists the lines from there on; all of them from nil.
	Mark() gateway.Mark
	Since(gateway.Mark) []string
}

// On returns the site of the bench.
func On(b *site.Bench) Site { return onBench{b} }

type onBench struct{ *site.Bench }

func (o onBench) Inject(ctx context.Context, f *catalog.Fault) (*catalog.Injection, error) {
	return f.Inject(ctx, o.Bench)
}

func (o onBench) Process() Process { return o.Gateway }

func (o onBench) SettleLog(ctx context.Context) { o.Gateway.Settle(ctx, o.Definition.LogsLate) }

func (o onBench) Late() func() time.Duration {
	span := o.Strain.Begin()
	return func() time.Duration { return o.Strain.Late(span) }
}

func (o onBench) Lacks(n world.Need) string { return o.World.Lacks(n) }

func (o onBench) Queries() []dns.Query {
	if o.Names == nil {
		return nil
	}
	return o.Names.Queries()
}

func (o onBench) Tells(seen record.Observation) string { return site.Leak(seen, o.Secrets()) }

func (o onBench) Resolves() time.Duration { return o.Definition.Resolves }

func (o onBench) Holds(block string) bool { return o.Definition.Holds(block, o.Setting) }
