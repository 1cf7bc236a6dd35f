package harness

import (
	"context"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
)

// Kind is what differs between the places of an experiment: a known gateway in a world, one of the user's own in a world,
// and one that runs already. A Bench has one of the three, and nothing else tells them apart.
type Kind interface {
	// terms adds to those of an experiment what depends on the gateway. Late says that the right answer does come, later
	// than a known gateway waits.
	terms(t record.Terms, late bool) record.Terms
	// unchecked lists the promises that cannot be held against this gateway, each with the reason.
	unchecked() []string
	// watched reports whether the gateway's process is the harness's to watch.
	watched() bool
	// secrets are what an answer of the gateway's own must not tell.
	secrets() []secret

	// nonce returns one that no other request has; n counts those of the bench.
	nonce(n int) string
	// dress gives the request what it needs besides, and returns where its client comes from.
	dress(r *client.Request, p Probe, from netip.Addr) netip.Addr
	// wayOf is how the client of a probe talks to the gateway, and where it connects.
	wayOf(p Probe, source netip.Addr) (client.Way, netip.AddrPort)
	// talk is the route whose clients talk as those of the probe do.
	talk(p Probe) Route
	// methodsOf are what the route is probed with.
	methodsOf(r Route) []string
	// attribute says who wrote the answer to a probe.
	attribute(o *Observation, p Probe)
	// stamped reports whether the answer, to a request of the bystander's with the nonce, is the one that it should get.
	stamped(r client.Response, nonce string) bool
	// exclusive reports whether nothing shares the client's connection with the route: there is no other request to send
	// on it that the fault must leave alone.
	exclusive(r Route) bool

	// healthy reports whether the observation is of a steady state of the route; steadyState says what that is.
	healthy(r Route, o Observation) bool
	steadyState(r Route) string
	// hasBystander reports whether some route is none of the fault's.
	hasBystander() bool
	// wholePool reports whether each member of a pool must have served before an experiment in the state begins.
	wholePool(s State) bool
	// membersVisible returns why it cannot be told which member of the pool served a client; nil if it can.
	membersVisible() error
	// memberNames lists what the members of the pool are called, and servers those that may have given the answer.
	memberNames() []string
	servers(o Observation) []string
	// membersTried is of how many members of a pool a client waits in turn.
	membersTried() int
	// delayed is from when on an answer of a pool is said to be delayed, if the gateway waits no less than this for anybody.
	delayed(shortest time.Duration) time.Duration
	// asksAll reports whether each request of a client asks several upstreams.
	asksAll() bool
	// opaque is why requests cannot be counted at the upstream; "" if they can.
	opaque() string
	// veil is what stands between the harness's own dials and some faults of the upstream; "" for nothing.
	veil() string
	// checked is the request by which the gateway looks by itself whether the upstream is well; "" for none.
	checked() string

	// question is a request for the upstream at an address itself, past the gateway, with the nonce.
	question(r client.Request, nonce string) client.Request
	// toUpstream is how the gateway talks to the upstream at the address: what own dials must do as well.
	toUpstream(to netip.AddrPort) client.Way
	// exchanged tells what passed between the harness and the upstream for the nonce, if that was read.
	exchanged(a *Answer, nonce string)
	// bystanderWay proves, without the gateway, that there is all that the gateway needs to serve the bystander; sound that
	// every upstream works that an experiment looks at.
	bystanderWay(ctx context.Context) error
	sound(ctx context.Context) error
	// conclusive reports whether a TCP connection by itself tells that the upstream listens, as a request tells no more
	// than that nothing came of it.
	conclusive() bool
	// faultyName is the name that faults of the nameserver's answers are about: "" is every name.
	faultyName() string
	// secureNames are those that the certificate of the upstream is for, the one first that it must be for; standsInTLS is true when whoever stands in
	// for the upstream speaks TLS.
	secureNames() []string
	standsInTLS() bool
	// socketPath is where the Unix socket is that leads to the upstream.
	socketPath() string
	// dialled lists the addresses of the upstreams that faults strike, as the gateway dials them; sockets is the table of
	// the network that the gateway is in, of IPv4, or of IPv6 for "6".
	dialled() []netip.AddrPort
	sockets(family string) string
	// pooled lists the links to upstreams to which the gateway may keep connections.
	pooled() []dropper
	// reconfigurable returns why the gateway cannot be given another configuration; nil if it can.
	reconfigurable() error
	// relaunch starts the gateway anew, with these variables if it is one that has some.
	relaunch(ctx context.Context, v gateway.Vars) error
	// theirs is true when the upstream is not the harness's: it cannot be told to misbehave.
	theirs() bool
	// homeReachable returns why no home network leads to the gateway; nil if one does.
	homeReachable() error
	// language is what the upstream speaks, for those that cannot be scripted.
	language() string
}

// dropper is a link whose connections can be ended.
type dropper interface {
	StepAside(context.Context) (func(context.Context) error, error)
}

// limitsOf are the time limits of the bench's gateway in its setting.
func limitsOf(b *Bench) record.Limits {
	within := b.Definition.Settings[b.Setting].Within
	return record.Limits{
		AtOnce: record.MS(within.AtOnce), Resolve: record.MS(within.Resolve), Connect: record.MS(within.Connect),
		Respond: record.MS(within.Response),
	}
}
