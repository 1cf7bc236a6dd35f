package site

import (
	"context"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/upstream"
)

// As returns what the bench's gateway is to whom asks for a capability: C is one of the interfaces below, which some
// kinds have and others do not. The error wraps errors.ErrUnsupported, and says without, which is why one that has not
// the capability cannot be used.
func As[C any](b *Bench, without string) (C, error) {
	c, can := b.Kind.(C)
	if !can {
		return c, Inapplicable(without)
	}
	return c, nil
}

// Scripter is a site whose upstream the harness plays: it can misbehave, and another can stand in for it.
type Scripter interface {
	// Scripted returns the upstream as one whose answers can be changed. The error wraps errors.ErrUnsupported when it
	// speaks another language than HTTP/1.
	Scripted() (*upstream.Origin, error)
}

// Launcher is a site whose gateway the harness starts; it watches the process, too.
type Launcher interface {
	// Relaunch starts the gateway anew, as it was.
	Relaunch(ctx context.Context) error
}

// Deployer is a site whose gateway has a configuration that the harness writes.
type Deployer interface {
	// Deploy starts the gateway anew, with a configuration of these variables.
	Deploy(ctx context.Context, v gateway.Vars) error
}

// Linker is a site with links between the gateway and its upstreams.
type Linker interface {
	// Links lists those to upstreams to which the gateway may keep connections.
	Links() []Dropper
}

// Dropper is a link whose connections can be ended.
type Dropper interface {
	Detach(context.Context) (func(context.Context) error, error)
}

// Socketer is a site that can look at the sockets of the network that the gateway is in.
type Socketer interface {
	// Dialled lists the addresses of the upstreams that faults strike, as the gateway dials them.
	Dialled() []netip.AddrPort
	// Sockets is the kernel's table of TCP sockets of the family.
	Sockets(f sockets.Family) []sockets.Socket
}

// Pooler is a site whose gateway may have a pool of upstreams for a route.
type Pooler interface {
	// WholePool reports whether each member must have served before an experiment in the state begins.
	WholePool(s State) bool
	// MemberNames lists what the members are called, and Servers those that may have given the answer.
	MemberNames() []string
	Servers(o record.Observation) []string
	// MembersTried is of how many members a client waits in turn.
	MembersTried() int
	// Delayed is from when on an answer is said to be delayed, if the gateway waits no less than this for anybody.
	Delayed(shortest time.Duration) time.Duration
	// AsksAll reports whether each request of a client asks all of the upstreams that serve.
	AsksAll() bool
}

// Tapper is a site whose upstreams say nothing of what reaches them: it is read on the links, where it can be.
type Tapper interface {
	// Unchecked lists the promises that cannot be held against the gateway, each with the reason.
	Unchecked() []string
	// Opaque is why requests cannot be counted at the upstream; "" if they can.
	Opaque() string
	// MembersVisible returns why it cannot be told which member of a pool served a client; nil if it can.
	MembersVisible() error
	// Exchanged tells what passed between the harness and the upstream for the nonce, if that was read.
	Exchanged(a *Answer, nonce string)
}

// Obstructed is a site where something may stand between the harness's own dials and some faults of the upstream.
type Obstructed interface {
	// Obstacle names it; "" for nothing.
	Obstacle() string
}

// Checker is a site whose gateway may look by itself whether its upstreams are well.
type Checker interface {
	// Checked is the request by which it does; "" for none.
	Checked() string
}

// Caster is a site whose upstreams have roles.
type Caster interface {
	// Delivers reports whether a request that reaches the upstream with the name is the client's own on its way: one to
	// who vouches, who gets a copy or who has the error page is another.
	Delivers(upstream string) bool
	// Idle is why no request reaches the upstream that faults strike while all is well; "" if one does.
	Idle() string
}

// Namer is a site whose gateway may keep the addresses of names for as long as its own configuration says.
type Namer interface {
	// NamesKept is how long; zero where the configuration says nothing.
	NamesKept() time.Duration
}

// Homely is a site whose gateway clients can be led to from a home network of their own.
type Homely interface {
	// Public is the name, and the address, by which they find it.
	Public() (name string, at netip.AddrPort)
}

// Scripted returns the upstream as one whose answers can be changed. The error wraps errors.ErrUnsupported when it
// cannot be.
func (b *Bench) Scripted() (*upstream.Origin, error) {
	s, err := As[Scripter](b, "the upstream is not the harness's, and cannot be told what to answer")
	if err != nil {
		return nil, err
	}
	return s.Scripted()
}

// Watched reports whether the gateway's process is the harness's to watch: it is if the harness starts it.
func (b *Bench) Watched() bool {
	_, starts := b.Kind.(Launcher)
	return starts
}

// Relaunch starts the gateway anew, as it was.
func (b *Bench) Relaunch(ctx context.Context) error {
	l, err := As[Launcher](b, "the gateway is not the harness's to restart")
	if err != nil {
		return err
	}
	return l.Relaunch(ctx)
}

// Unchecked lists the promises that cannot be held against the gateway, each with the reason.
func (b *Bench) Unchecked() []string {
	if t, taps := b.Kind.(Tapper); taps {
		return t.Unchecked()
	}
	return nil
}

// Opaque is why requests cannot be counted at the upstream; "" if they can.
func (b *Bench) Opaque() string {
	if t, taps := b.Kind.(Tapper); taps {
		return t.Opaque()
	}
	return ""
}

// Obstacle is what stands between the harness's own dials and some faults of the upstream; "" for nothing.
func (b *Bench) Obstacle() string {
	if o, may := b.Kind.(Obstructed); may {
		return o.Obstacle()
	}
	return ""
}

// Checked is the request by which the gateway looks by itself whether the upstream is well; "" for none.
func (b *Bench) Checked() string {
	if c, may := b.Kind.(Checker); may {
		return c.Checked()
	}
	return ""
}

// asksAll reports whether each request of a client asks several upstreams.
func (b *Bench) asksAll() bool {
	p, may := b.Kind.(Pooler)
	return may && p.AsksAll()
}

// Pool is the gateway's pool of upstreams. The error wraps errors.ErrUnsupported where none can be.
func (b *Bench) Pool() (Pooler, error) { return As[Pooler](b, "its upstreams make no pool") }
