package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// A request that is sent between idle-transit and idle after the last answer is on its way when the upstream
// closes: a window of 400 ms. Nobody is early for it, but on a busy machine late: an own request is sent in its
// first half.
const (
	idle    = 500 * time.Millisecond
	transit = 400 * time.Millisecond
	meets   = idle - 3*transit/4
)

// KeepaliveMismatch is an upstream that closes idle connections before the gateway does, so that some requests
// meet the close on the way.
var KeepaliveMismatch = catalog.RegisterFault(catalog.Fault{
	ID:    "keepalive-mismatch",
	Title: "the upstream's idle timeout is shorter than the gateway's, under load",
	Cause: cause.Configuration, Type: proxystatus.ConnectionTerminated, Phase: catalog.Responding,
	What: "Whoever closes an idle connection first should be the one who sends requests on it. Where the upstream " +
		"does, a request that the gateway has just sent can meet the close on its way: it is lost, and the gateway " +
		"cannot know whether the upstream has acted on it. A GET may be sent again; a POST is a 502 (RFC 9110, " +
		"section 9.2.2). In production this is the small, steady share of 502s that no log of the upstream shows. " +
		"The answers are counted, not only judged.",
	Made: "The upstream closes connections that were idle for 500 ms, and Toxiproxy adds 400 ms to what the " +
		"gateway sends. Sixteen clients at a time ask, wait for 0 to 750 ms, and ask again on the same connection.",
	Confirmed: "An own request, sent 200 ms after the answer to the last on the same connection, is never " +
		"answered: the connection ends.",
	Tolerated: &record.Tolerance{Why: "a request that meets no close is served, and one that may be repeated can " +
		"be sent again (RFC 9110, section 9.2.2)"},
	Load: spread(50*time.Millisecond, 16),
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		patient := origin.CloseIdle(idle)
		undo, err := b.Upstream.Link.Inject(ctx, link.Latency{Delay: transit, Stream: link.Upstream})
		if err != nil {
			patient()
			return nil, err
		}
		return &catalog.Injection{
			Undo:    func(ctx context.Context) error { patient(); return undo(ctx) },
			Confirm: func(ctx context.Context) (string, error) { return crosses(ctx, b) },
			Rearm:   b.DropPooled, // No crowd finds what another has left.
		}, nil
	},
})

// spread lists n waits, from nothing on, each so much longer than the one before.
func spread(by time.Duration, n int) []time.Duration {
	waits := make([]time.Duration, n)
	for i := range waits {
		waits[i] = time.Duration(i) * by
	}
	return waits
}

// errLate says that the window was over before the request could be sent.
var errLate = errors.New("whatever ends then, no request met it")

// crosses proves that a request in the window is lost. Who gets to it late has tried nothing, and begins anew.
func crosses(ctx context.Context, b *site.Bench) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	for {
		said, err := cross(ctx, b)
		if !errors.Is(err, errLate) || ctx.Err() != nil {
			return said, err
		}
	}
}

func cross(ctx context.Context, b *site.Bench) (string, error) {
	c, err := b.Open(ctx)
	if err != nil {
		return "", fmt.Errorf("dial %s: %w", b.Plan.Upstream, err)
	}
	defer func() { _ = c.Close() }()
	ask := client.Request{Method: http.MethodGet, Target: "/", Host: "upstream"}
	if first := c.Do(ctx, ask); first.Status != http.StatusOK || !first.Keep {
		return "", fmt.Errorf("ask %s: got %d %s, want a 200 on a connection that is kept", b.Plan.Upstream,
			first.Status, first.End)
	}
	answered := time.Now()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-time.After(meets):
	}
	if waited := time.Since(answered); waited >= idle {
		return "", fmt.Errorf("ask %s again: got to it after %s, want less than %s: %w", b.Plan.Upstream, waited,
			idle, errLate)
	}
	if again := c.Do(ctx, ask); again.Status != 0 || again.End == client.TimedOut {
		return "", fmt.Errorf("ask %s again after %s: got %d %s, want the end of the connection", b.Plan.Upstream,
			meets, again.Status, again.End)
	}
	return fmt.Sprintf("own second request to %s, sent %s after the first answer: the connection ended instead of "+
		"an answer", b.Plan.Upstream, meets), nil
}
