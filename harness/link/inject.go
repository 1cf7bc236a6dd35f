package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// injection is one toxic, or one absence of the listener, from inject to undo.
type injection struct {
	verb, undoVerb string // how errors begin
	plan           plan
}

// Inject makes t so and returns when it is: every connection opened afterwards meets it. What happens to the
// connections that are open, the gateway's pooled ones above all, is said at each toxic. Toxics may be combined;
// they act in the order in which they were injected.
//
// The undo takes t back. It may be called any number of times, also after Close, and again after an error. It
// heals the Link even if Toxiproxy blocks while removing the toxic, which it does when a client stopped reading:
// then the open connections are dropped.
//
// When Inject returns an error, t is not in force and there is nothing to undo.
func (l *Link) Inject(ctx context.Context, t Toxic) (undo func(context.Context) error, err error) {
	if t == nil {
		return nil, errors.New("inject toxic: got nil, want a toxic such as link.Refuse{}")
	}
	p, err := t.plan()
	if err != nil {
		return nil, fmt.Errorf("inject %s: %w", t, err)
	}
	return l.inject(ctx, &injection{verb: "inject " + t.String(), undoVerb: "undo " + t.String(), plan: p})
}

// Detach ends the listener and every open connection and frees the port, so that another listener can stand at
// the Link's very address. The toxics stay in force for when the Link is back. Back resumes; it may be called any
// number of times, also after Close, and again after an error: it is one as long as another listener has the address.
func (l *Link) Detach(ctx context.Context) (back func(context.Context) error, err error) {
	gone := plan{ground: detached, dropsFirst: true, dropsLast: true}
	return l.inject(ctx, &injection{verb: "step aside", undoVerb: "step back", plan: gone})
}

func (l *Link) inject(ctx context.Context, h *injection) (func(context.Context) error, error) {
	if err := l.lock(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", h.verb, err)
	}
	defer l.unlock()
	if l.closed {
		return nil, fmt.Errorf("%s: got a closed link, want an open one", h.verb)
	}
	l.serial++
	h.plan.Name = strconv.Itoa(l.serial)
	l.injections = append(l.injections, h)
	if err := l.enforce(ctx, h); err != nil {
		l.forget(h)
		return nil, fmt.Errorf("%s: %w", h.verb, errors.Join(err, l.renew(context.WithoutCancel(ctx))))
	}
	return func(ctx context.Context) error { return l.release(ctx, h) }, nil
}

// enforce makes h so. On a Link that is not to listen, a toxic waits for the proxy to come.
func (l *Link) enforce(ctx context.Context, h *injection) error {
	switch {
	case h.plan.dropsFirst || !l.settled():
		return l.renew(ctx)
	case l.proxy != nil:
		proxy := l.proxy
		return bounded(ctx, func() error { return add(proxy, h.plan) })
	}
	return nil
}

func (l *Link) release(ctx context.Context, h *injection) error {
	if err := l.lock(ctx); err != nil {
		return fmt.Errorf("%s: %w", h.undoVerb, err)
	}
	defer l.unlock()
	inForce := l.forget(h)
	if l.closed || !inForce && l.settled() {
		return nil
	}
	if inForce && l.proxy != nil && !h.plan.dropsLast {
		proxy := l.proxy
		if bounded(ctx, func() error { return proxy.Toxics.RemoveToxic(context.Background(), h.plan.Name) }) == nil {
			return nil
		}
		// The proxy is lost with its lock held; a fresh one heals the link.
	}
	err := l.renew(ctx)
	if err != nil && (h.plan.dropsLast || !l.settled()) {
		return fmt.Errorf("%s: %w", h.undoVerb, err)
	}
	return nil // What Toxiproxy is stuck with may live a little longer; nobody new meets it.
}

// forget reports whether h was in force.
func (l *Link) forget(h *injection) bool {
	before := len(l.injections)
	l.injections = slices.DeleteFunc(l.injections, func(other *injection) bool { return other == h })
	return len(l.injections) < before
}
