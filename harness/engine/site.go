package engine

import (
	"context"
	"slices"
	"strings"
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
// of both. On returns the one of a bench; the engine's own tests have one in memory. What an experiment may need
// besides is an interface of its own, which a site has or has not: States, Informed, Pool, Clients,
// Instruments, Caveats.
type Site interface {
	// Steady waits until each route serves. Its error says what came in place of service.
	Steady(context.Context, ...site.Route) error
	// Inject breaks the world; nothing is broken when it fails.
	Inject(context.Context, *catalog.Fault) (*catalog.Injection, error)
	// Probe sends one request through the gateway.
	Probe(context.Context, site.Probe) record.Observation
	// Sound proves, without the gateway, that every upstream works; BystanderWay that the bystander's do.
	Sound(context.Context) error
	BystanderWay(context.Context) error
	// Process is the gateway's.
	Process() Process
	// What the gateway's kind says; see site.Kind.
	Terms(t record.Terms, late bool) record.Terms
	MethodsOf(site.Route) []string
	Healthy(site.Route, record.Observation) bool
	HasBystander() bool
}

// States is a site whose gateway can be brought into states.
type States interface {
	// PrepareState brings the gateway into the state in which the fault strikes, EnterState into the one that it can
	// be in only once that has struck.
	PrepareState(context.Context, site.State, site.Route) error
	EnterState(context.Context, site.State) error
}

// Informed is a site that must know whether a fault holds.
type Informed interface {
	// Strike and Mend tell it that one does, and that none does any more.
	Strike(withholds time.Duration)
	Mend()
}

// Pool is a site whose gateway may have a pool of upstreams.
type Pool interface {
	// EachServes waits until every member has served a client. Its error says what came in place of service.
	EachServes(context.Context) error
	// WholePool, MembersTried and Delayed are those of site.Pooler.
	WholePool(site.State) bool
	MembersTried() int
	Delayed(shortest time.Duration) time.Duration
}

// Clients is a site with more clients than one that asks once.
type Clients interface {
	// Burst sends the probe from as many clients as there are waits.
	Burst(context.Context, site.Probe, []time.Duration) <-chan []record.Observation
	// NewSession returns a client who has never been there, for a remedy.
	NewSession(site.Probe) *site.Session
}

// Instruments is a site at which more can be seen than clients see.
type Instruments interface {
	// Hits lists the requests with the nonce that reached an upstream, and HitsOf counts how often the one of the client
	// was delivered; Queries is what the nameserver was asked.
	Hits(nonce string) []upstream.Hit
	HitsOf(nonce string) int
	Queries() []dns.Query
	// SettleLog waits until the gateway has written down what happened so far.
	SettleLog(context.Context)
	// Late measures, from now on until the returned function is called, how late the machine lets the world run at
	// worst.
	Late() (until func() time.Duration)
	// Tells is what an answer of the gateway's tells of the inside; "" for nothing.
	Tells(record.Observation) string
}

// Caveats is a site of which not everything can be said that is said of others.
type Caveats interface {
	// Unchecked lists the promises that cannot be held against the gateway, each with the reason.
	Unchecked() []string
	// Watched reports whether the gateway's process is the harness's to watch.
	Watched() bool
	// Checked is the request by which the gateway looks by itself whether the upstream is well; "" for none.
	Checked() string
	// Obstacle is what stands between the harness's own dials and some faults of the upstream; "" for nothing.
	Obstacle() string
	// Resolves is how long after a change of names the gateway has noticed it at the latest.
	Resolves() time.Duration
	// Holds reports whether the gateway claims to hold a block of the catalogue.
	Holds(block string) bool
	// Lacks tells why the world cannot do what a remedy needs; "" if it can.
	Lacks(world.Need) string
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

// A bench is all that an experiment may need.
var _ interface {
	Site
	States
	Informed
	Pool
	Clients
	Instruments
	Caveats
	Names
} = onBench{}

func (o onBench) Inject(ctx context.Context, f *catalog.Fault) (*catalog.Injection, error) {
	return f.Break(ctx, o.Bench)
}

func (o onBench) Process() Process { return o.Gateway }

func (o onBench) SettleLog(ctx context.Context) { o.Gateway.Settle(ctx, o.Definition.LogsLate) }

func (o onBench) Late() func() time.Duration {
	span := o.Strain.Begin()
	return func() time.Duration { return o.Strain.Late(span) }
}

func (o onBench) Lacks(n world.Need) string { return o.World.Lacks(n) }

func (o onBench) Queries() []dns.Query {
	if o.DNS == nil {
		return nil
	}
	return o.DNS.Queries()
}

// NamesKept is not ok where the gateway's configuration is the harness's, whose folder says it all.
func (o onBench) NamesKept() (time.Duration, bool) {
	n, keeps := o.Kind.(site.Namer)
	if !keeps || o.DNS == nil {
		return 0, false
	}
	return n.NamesKept(), true
}

// LookedUp takes a query for the name with whatever stands before or behind it, as in a search list or an SRV record.
func (o onBench) LookedUp(since, until time.Time) bool {
	return slices.ContainsFunc(o.Queries(), func(q dns.Query) bool {
		return strings.Contains(q.Name, strings.ToLower(o.Plan.Named.Host)) && !q.At.Before(since) && !q.At.After(until)
	})
}

func (o onBench) Tells(seen record.Observation) string { return site.Leak(seen, o.Secrets()) }

func (o onBench) Resolves() time.Duration { return o.Definition.Resolves }

func (o onBench) Holds(block string) bool { return o.Definition.Holds(block, o.Setting) }

// WholePool is false of a gateway that can have no pool.
func (o onBench) WholePool(s site.State) bool {
	p, err := o.Pool()
	return err == nil && p.WholePool(s)
}

func (o onBench) MembersTried() int {
	p, err := o.Pool()
	if err != nil {
		return 1
	}
	return p.MembersTried()
}

func (o onBench) Delayed(shortest time.Duration) time.Duration {
	p, err := o.Pool()
	if err != nil {
		return shortest
	}
	return p.Delayed(shortest)
}
