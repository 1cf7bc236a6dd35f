package runner

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness"
)

// held is a fault that stays for as long as somebody wants to look at it.
type held struct {
	evidence string
	release  func()
}

// hold waits for the steady state, then injects and confirms the experiment's fault. A fault that one request uses up is made anew when it is.
func hold(ctx context.Context, b *harness.Bench, e harness.Experiment) (held, error) {
	if err := b.Steady(ctx, harness.RouteMain, harness.RouteBystander); err != nil {
		return held{}, fmt.Errorf("%w; the gateway's log: %s", err, strings.Join(b.Gateway.Since(nil), " | "))
	}
	f := e.Fault
	if f == nil {
		return held{evidence: "nothing is broken", release: func() {}}, nil
	}
	// As in an experiment, no pooled connection may hide the fault.
	back, err := b.Upstream.Link.StepAside(ctx)
	if err == nil {
		err = back(ctx)
	}
	if err != nil {
		return held{}, fmt.Errorf("drop pooled connections: %w", err)
	}
	i, err := f.Inject(ctx, b)
	if err != nil {
		return held{}, fmt.Errorf("inject %s: %w", f.ID, err)
	}
	h := held{release: func() { _ = i.Undo(ctx) }}
	if h.evidence, err = confirmed(ctx, i); err != nil {
		h.release()
		return held{}, fmt.Errorf("confirm %s: %w", f.ID, err)
	}
	if i.Rearm != nil {
		h.release = rearmed(ctx, b, i)
	}
	return h, nil
}

// confirmed proves the fault and leaves it ready for the first request.
func confirmed(ctx context.Context, i *harness.Injection) (evidence string, err error) {
	rearm := i.Rearm
	if rearm == nil {
		rearm = func(context.Context) error { return nil }
	}
	if err := rearm(ctx); err != nil {
		return "", err
	}
	if evidence, err = i.Confirm(ctx); err != nil {
		return "", err
	}
	return evidence, rearm(ctx)
}

// rearmEvery is how long an upstream that a request has killed stays dead: long enough to see it refuse, short enough not to wait for.
const rearmEvery = 3 * time.Second

// rearmed makes the fault anew whenever the upstream is found dead.
func rearmed(ctx context.Context, b *harness.Bench, i *harness.Injection) (release func()) {
	holding, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-holding.Done():
				return
			case <-time.After(rearmEvery):
			}
			c, err := net.DialTimeout("tcp", b.Plan.Upstream.String(), time.Second)
			if err == nil {
				_ = c.Close()
				continue
			}
			_ = i.Rearm(holding)
		}
	}()
	return func() {
		stop()
		<-done
		_ = i.Undo(ctx)
	}
}
