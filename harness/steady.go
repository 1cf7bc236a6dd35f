package harness

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// How the steady state is waited for. Gateways are up within some tens of milliseconds, those with health checks or a resolver of their own within
// seconds; several times that is a gateway that does not work.
const (
	steadyTimeout = 15 * time.Second
	shortestPoll  = time.Millisecond
	longestPoll   = 200 * time.Millisecond
	// pollShare is the share of the time waited so far that is waited before the next attempt: the state is seen an eighth too late at most.
	pollShare = 8
)

// Steady waits until each route answers 200, stamped by its upstream. It fails at once when the gateway's process has ended, and when the state does not
// come in fifteen seconds. Every attempt is a new connection.
func (b *Bench) Steady(ctx context.Context, routes ...Route) error {
	ctx, cancel := context.WithTimeout(ctx, steadyTimeout)
	defer cancel()
	for _, r := range routes {
		if r == RouteBystander && b.lonely() {
			continue
		}
		if err := b.await(ctx, r, b.steadyState(r), func(o Observation) bool { return b.healthy(r, o) }); err != nil {
			return err
		}
	}
	return nil
}

// await asks for the route until an answer is what is wanted.
func (b *Bench) await(ctx context.Context, r Route, want string, is func(Observation) bool) error {
	last := Observation{}
	for begin := time.Now(); ; {
		if how := b.Gateway.Dead(); how != "" {
			return fmt.Errorf("wait for steady state: the gateway ended (%s)", how)
		}
		o := b.Probe(ctx, Probe{Route: r, Within: patience})
		if is(o) {
			return nil
		}
		last = o.unlessCutShort(ctx, last)
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for steady state: %s: got %s, want %s", last.Probe, last, want)
		case <-b.Gateway.Exited():
		case <-time.After(min(max(time.Since(begin)/pollShare, shortestPoll), longestPoll)):
		}
	}
}

// unlessCutShort is the observation, or the one before when ctx ended meanwhile: what was cut short says nothing of the gateway.
func (o Observation) unlessCutShort(ctx context.Context, before Observation) Observation {
	if ctx.Err() != nil && before.Probe != "" {
		return before
	}
	return o
}

// steadyState is what the route's clients see while nothing is broken.
func (b *Bench) steadyState(r Route) string {
	if b.ours == nil {
		return service.String()
	}
	p := b.ours.probe(Probe{Route: r})
	return fmt.Sprintf("the steady %d of probe %s", p.Expect.Status, p.Name)
}

// Healthy reports whether the observation is of a steady state.
func (o Observation) Healthy() bool {
	return (o.Status == http.StatusOK || o.heard || o.served) && o.By == ByUpstream && o.Answered() && (o.GRPC == "" || o.GRPC == grpcOK)
}
