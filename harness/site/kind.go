package site

import (
	"context"
	"net/netip"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
)

// Kind is what every site says of its gateway, in its own way: one with a known gateway in a world, one with the
// user's own in a world, and one with a gateway that runs already. What only some sites can do is a capability, and
// an interface of its own; see As.
type Kind interface {
	Facts
	Clients
	Authors
	Steadiness
	Upstreams
}

// Facts are what a verdict must know of the gateway.
type Facts interface {
	// Terms adds to those of an experiment what depends on the gateway. Late says that the right answer does come,
	// later than a known gateway waits.
	Terms(t record.Terms, late bool) record.Terms
	// Secrets are what an answer of the gateway's own must not tell.
	Secrets() []Secret
}

// Clients is how clients ask the gateway.
type Clients interface {
	// Nonce returns one that no other request has; n counts those of the bench.
	Nonce(n int) string
	// Dress gives the request what it needs besides, and returns where its client comes from.
	Dress(r *client.Request, p Probe, from netip.Addr) netip.Addr
	// WayOf is how the client of a probe talks to the gateway, and where it connects.
	WayOf(p Probe, source netip.Addr) (client.Way, netip.AddrPort)
	// Talk is the route whose clients talk as those of the probe do.
	Talk(p Probe) Route
	// MethodsOf are what the route is probed with.
	MethodsOf(r Route) []string
	// Exclusive reports whether nothing shares the client's connection with the route: there is no other request to
	// send on it that the fault must leave alone.
	Exclusive(r Route) bool
}

// Authors is how to tell who wrote an answer.
type Authors interface {
	// Attribute says who wrote the answer to a probe.
	Attribute(o *record.Observation, p Probe)
	// Stamped reports whether the answer, to a request of the bystander's with the nonce, is the one that it should
	// get.
	Stamped(r client.Response, nonce string) bool
}

// Steadiness is what the gateway and its upstreams are like while nothing is broken.
type Steadiness interface {
	// Routes lists those that each gateway of this kind serves.
	Routes() []Route
	// Healthy reports whether the observation is of a steady state of the route; SteadyState says what that is.
	Healthy(r Route, o record.Observation) bool
	SteadyState(r Route) string
	// HasBystander reports whether some route is none of the fault's.
	HasBystander() bool
	// BystanderWay proves, without the gateway, that there is all that the gateway needs to serve the bystander;
	// Sound that every upstream works that an experiment looks at.
	BystanderWay(ctx context.Context) error
	Sound(ctx context.Context) error
}

// Upstreams is how the harness talks to an upstream itself, past the gateway.
type Upstreams interface {
	// Question is a request for the upstream at an address, with the nonce.
	Question(r client.Request, nonce string) client.Request
	// ToUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
	ToUpstream(to netip.AddrPort) client.Way
}

// LimitsOf are the time limits of the bench's gateway in its setting.
func LimitsOf(b *Bench) record.Limits {
	within := b.Definition.Settings[b.Setting].Within
	return record.Limits{
		AtOnce: record.MS(within.AtOnce), Resolve: record.MS(within.Resolve), Connect: record.MS(within.Connect),
		Respond: record.MS(within.Response),
	}
}
