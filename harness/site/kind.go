package site

import (
	"context"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
)

// Kind is what differs between the places of an experiment: a known gateway in a world, one of the user's own in a
// world, and one that runs already. A Bench has one of the three, and nothing else tells them apart.
type Kind interface {
	// Terms adds to those of an experiment what depends on the gateway. Late says that the right answer does come,
	// later than a known gateway waits.
	Terms(t record.Terms, late bool) record.Terms
	// Unchecked lists the promises that cannot be held against this gateway, each with the reason.
	Unchecked() []string
	// Watched reports whether the gateway's process is the harness's to watch.
	Watched() bool
	// Secrets are what an answer of the gateway's own must not tell.
	Secrets() []Secret

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
	// Attribute says who wrote the answer to a probe.
	Attribute(o *record.Observation, p Probe)
	// Stamped reports whether the answer, to a request of the bystander's with the nonce, is the one that it should
	// get.
	Stamped(r client.Response, nonce string) bool
	// Exclusive reports whether nothing shares the client's connection with the route: there is no other request to
	// send on it that the fault must leave alone.
	Exclusive(r Route) bool

	// Healthy reports whether the observation is of a steady state of the route; SteadyState says what that is.
	Healthy(r Route, o record.Observation) bool
	SteadyState(r Route) string
	// Routes lists those that each gateway of this kind serves.
	Routes() []Route
	// HasBystander reports whether some route is none of the fault's.
	HasBystander() bool
	// WholePool reports whether each member of a pool must have served before an experiment in the state begins.
	WholePool(s State) bool
	// MembersVisible returns why it cannot be told which member of the pool served a client; nil if it can.
	MembersVisible() error
	// MemberNames lists what the members of the pool are called, and Servers those that may have given the answer.
	MemberNames() []string
	Servers(o record.Observation) []string
	// MembersTried is of how many members of a pool a client waits in turn.
	MembersTried() int
	// Delayed is from when on an answer of a pool is said to be delayed, if the gateway waits no less than this for
	// anybody.
	Delayed(shortest time.Duration) time.Duration
	// AsksAll reports whether each request of a client asks several upstreams.
	AsksAll() bool
	// Opaque is why requests cannot be counted at the upstream; "" if they can.
	Opaque() string
	// Obstacle is what stands between the harness's own dials and some faults of the upstream; "" for nothing.
	Obstacle() string
	// Checked is the request by which the gateway looks by itself whether the upstream is well; "" for none.
	Checked() string

	// Question is a request for the upstream at an address itself, past the gateway, with the nonce.
	Question(r client.Request, nonce string) client.Request
	// ToUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
	ToUpstream(to netip.AddrPort) client.Way
	// Exchanged tells what passed between the harness and the upstream for the nonce, if that was read.
	Exchanged(a *Answer, nonce string)
	// BystanderWay proves, without the gateway, that there is all that the gateway needs to serve the bystander;
	// Sound that every upstream works that an experiment looks at.
	BystanderWay(ctx context.Context) error
	Sound(ctx context.Context) error
	// Conclusive reports whether a TCP connection by itself tells that the upstream listens, as a request tells no more
	// than that nothing came of it.
	Conclusive() bool
	// FaultyName is the name that faults of the nameserver's answers are about: "" is every name.
	FaultyName() string
	// SecureNames are those that the certificate of the upstream is for, the one first that it must be for;
	// StandsInTLS is true when whoever stands in for the upstream speaks TLS.
	SecureNames() []string
	StandsInTLS() bool
	// SocketPath is where the Unix socket is that leads to the upstream.
	SocketPath() string
	// Dialled lists the addresses of the upstreams that faults strike, as the gateway dials them; Sockets is the
	// table of the network that the gateway is in, of IPv4, or of IPv6 for "6".
	Dialled() []netip.AddrPort
	Sockets(family string) string
	// Pooled lists the links to upstreams to which the gateway may keep connections.
	Pooled() []Dropper
	// Reconfigurable returns why the gateway cannot be given another configuration; nil if it can.
	Reconfigurable() error
	// Relaunch starts the gateway anew, with these variables if it is one that has some.
	Relaunch(ctx context.Context, v gateway.Vars) error
	// Theirs is true when the upstream is not the harness's: it cannot be told to misbehave.
	Theirs() bool
	// HomeReachable returns why no home network leads to the gateway; nil if one does.
	HomeReachable() error
	// Language is what the upstream speaks, for those that cannot be scripted.
	Language() string
}

// Dropper is a link whose connections can be ended.
type Dropper interface {
	StepAside(context.Context) (func(context.Context) error, error)
}

// LimitsOf are the time limits of the bench's gateway in its setting.
func LimitsOf(b *Bench) record.Limits {
	within := b.Definition.Settings[b.Setting].Within
	return record.Limits{
		AtOnce: record.MS(within.AtOnce), Resolve: record.MS(within.Resolve), Connect: record.MS(within.Connect),
		Respond: record.MS(within.Response),
	}
}
