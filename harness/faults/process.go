package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// process lets an upstream in an operating system process of its own stand in at the upstream's address.
func process(
	ctx context.Context, b *site.Bench, script upstream.Script,
) (*upstream.Process, func(context.Context) error, error) {
	plays, err := b.StandIn()
	if err != nil {
		return nil, nil, err
	}
	options := upstream.ProcessOptions{Script: script, Speaks: plays.Speaks}
	if plays.TLS != nil {
		options.Certificate = &plays.TLS.Certificates[0]
	}
	p, undo, err := replace(ctx, b, func(at string) (mortal, error) {
		p, err := upstream.StartProcess(ctx, at, options)
		return mortal{p}, err
	})
	return p.Process, undo, err
}

// mortal is a process that is closed by killing it.
type mortal struct{ *upstream.Process }

// Close kills the process.
func (m mortal) Close() error { return m.Kill() }

// Frozen is an upstream process that is stopped.
var Frozen = catalog.RegisterFault(catalog.Fault{
	ID:    "frozen",
	Title: "the upstream's process is frozen",
	Cause: cause.Overload, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	What: "A process that is stopped, swapped out or in a long garbage collection does nothing, but its kernel " +
		"goes on accepting connections in its name. Requests are delivered and never read.",
	Made:      "SIGSTOP to a real upstream process at the upstream's address; undone by SIGCONT.",
	Confirmed: "The kernel reports the process as stopped; Gatequake's own request connects and gets nothing.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.Healthy)
		if err != nil {
			return nil, err
		}
		if err := p.Freeze(); err != nil {
			_ = undo(ctx)
			return nil, err
		}
		return &catalog.Injection{
			Undo: func(ctx context.Context) error {
				_ = p.Thaw() // It gets to answer what it was asked meanwhile; a POST sent twice would show.
				return undo(ctx)
			},
			Confirm: confirmSilence(b, b.Plan.Upstream),
		}, nil
	},
})

// CrashOnRequest is an upstream that dies of a request.
var CrashOnRequest = catalog.RegisterFault(catalog.Fault{
	ID:    "crash-on-request",
	Title: "the upstream's process dies of the request",
	Cause: cause.Bug, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	What: "A bug that a request triggers: the process reads it and is gone, and its port refuses from then on. A " +
		"gateway that tries again meets the refusal; one that tries a POST again on another upstream would kill " +
		"that one too.",
	Made: "A real upstream process that kills itself with SIGKILL when it has read a request; it is started anew " +
		"before each probe.",
	Confirmed: "Gatequake's own request ends without an answer, and a second one is refused.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.CrashOnRequest)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo:    undo,
			Rearm:   func(ctx context.Context) error { return revive(ctx, p, upstream.CrashOnRequest) },
			Confirm: dies(b, p),
		}, nil
	},
})

// OutOfMemoryKill is an upstream that the kernel kills while it works on a request.
var OutOfMemoryKill = catalog.RegisterFault(catalog.Fault{
	ID:    "out-of-memory-kill",
	Title: "the upstream's process is killed while it works on the request",
	Cause: cause.Overload, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	Also: []site.State{site.Balanced},
	What: "When memory runs out the kernel kills the largest process with SIGKILL, in the middle of whatever it " +
		"does. Its connections end without an answer and its port refuses until somebody starts it again.",
	Made: "A real upstream process that holds the request; SIGKILL is sent to it when the request has arrived. It " +
		"is started anew before each probe.",
	Confirmed: "Gatequake's own request ends without an answer, and a second one is refused.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.Hold)
		if err != nil {
			return nil, err
		}
		disarm := func() {}
		return &catalog.Injection{
			Undo: func(ctx context.Context) error { disarm(); return undo(ctx) },
			Rearm: func(ctx context.Context) error {
				disarm()
				if err := revive(ctx, p, upstream.Hold); err != nil {
					return err
				}
				disarm = killAtNextHit(p)
				return nil
			},
			Confirm: dies(b, p),
		}, nil
	},
})

// revive starts p anew, whether it is dead, dying or alive: only then is it known which.
func revive(ctx context.Context, p *upstream.Process, s upstream.Script) error {
	if err := p.Kill(); err != nil {
		return err
	}
	return p.Respawn(ctx, s)
}

// killAtNextHit kills p as soon as it has read one more request. What it returns calls that off.
func killAtNextHit(p *upstream.Process) (disarm func()) {
	ctx, cancel := context.WithCancel(context.Background())
	seen, done := len(p.Hits()), make(chan struct{})
	go func() {
		defer close(done)
		if p.WaitMore(ctx, seen) == nil {
			_ = p.Kill()
		}
	}()
	return func() { cancel(); <-done }
}

// dies confirms that a request is the end of p.
func dies(b *site.Bench, p *upstream.Process) confirmation {
	return func(ctx context.Context) (string, error) {
		first, err := confirmEnd(b, b.Plan.Upstream, client.Closed)(ctx)
		if err != nil {
			// A process that dies with bytes unread resets instead.
			if first, err = confirmEnd(b, b.Plan.Upstream, client.Reset)(ctx); err != nil {
				return "", err
			}
		}
		select {
		case <-p.Exited():
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
		second, err := confirmEnd(b, b.Plan.Upstream, client.Refused)(ctx)
		return first + "; then " + second, err
	}
}
