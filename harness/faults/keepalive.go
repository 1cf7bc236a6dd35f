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
	"github.com/gatequake/gatequake/harness/upstream"
)

// A request that is sent later than transit before the upstream's idle timeout is on its way when the upstream closes:
// a window of 400 ms. Nobody is early for it, but on a busy machine late: an own request is sent in its first half.
const (
	transit = 400 * time.Millisecond
	early   = 3 * transit / 4
)

// The clients of the load come back from a little before the window on, until after it. No pause ends at a whole
// second, at which many a gateway ends its clients' connections.
const (
	crowd = 16
	lead  = 500 * time.Millisecond
	pace  = 47 * time.Millisecond
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
	Made: "The upstream closes connections that were idle for 500 ms (that of a gateway of your own: for 5 s, or " +
		"for what idle: says in its file), and Toxiproxy adds 400 ms to what the gateway sends. Sixteen clients at a " +
		"time ask, wait until that is nearly over, or just over, and ask again on the same connection. The same " +
		"clients come before the upstream closes anything: what they do not get then is not counted.",
	Confirmed: "Gatequake's own request, sent 300 ms before the upstream closes the connection, is never answered: the " +
		"connection ends.",
	Tolerated: &record.Tolerance{Why: "a request that meets no close is served, and one that may be repeated can " +
		"be sent again (RFC 9110, section 9.2.2)"},
	Load:  func(idle time.Duration) []time.Duration { return spread(idle-lead, pace, crowd) },
	Means: slow,
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		if err := b.OnlyHTTP1(); err != nil {
			return nil, err
		}
		idle := b.IdleTimeout()
		patient := origin.CloseIdle(idle)
		way, err := slow(ctx, b)
		if err != nil {
			patient()
			return nil, err
		}
		kept := keeps{}
		return &catalog.Injection{
			Undo:    func(ctx context.Context) error { patient(); return way.Undo(ctx) },
			Confirm: func(ctx context.Context) (string, error) { return crosses(ctx, b) },
			Rearm: func(ctx context.Context) error {
				kept.look(origin.IdleEnds(), idle)
				err := b.DropPooled(ctx) // No crowd finds what another has left.
				kept.since = time.Now()
				return err
			},
			Advice: func() string { return kept.advice(idle) },
		}, nil
	},
})

// slow makes the way to the upstream long, so that more requests are on it when a connection ends.
func slow(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
	undo, err := b.Upstream.Link.Inject(ctx, link.Latency{Delay: transit, Stream: link.Upstream})
	return &catalog.Injection{Undo: undo}, err
}

// spread lists n waits, from the first on, each so much longer than the one before.
func spread(first, by time.Duration, n int) []time.Duration {
	waits := make([]time.Duration, n)
	for i := range waits {
		waits[i] = first + time.Duration(i)*by
	}
	return waits
}

// keeps is what was seen of how long a gateway keeps an idle connection to the upstream.
type keeps struct {
	since time.Time
	// least is how long it kept one that it ended by itself; 0 while it has ended none.
	least time.Duration
}

// look takes note of the ends that the gateway has put to connections by itself since the time. One that comes long
// before the upstream's idle timeout is no timeout of the gateway's, as no request would be lost then: its pool is
// full.
func (k *keeps) look(all []upstream.IdleEnd, idle time.Duration) {
	for _, e := range all {
		if !k.since.IsZero() && e.At.After(k.since) && e.After > idle-transit && (k.least == 0 || e.After < k.least) {
			k.least = e.After
		}
	}
}

// advice says which of the two timeouts must be the shorter, with both.
func (k *keeps) advice(idle time.Duration) string {
	seen := "the gateway ended none before that"
	if k.least > 0 {
		seen = fmt.Sprintf("the gateway ended its own after %s at the earliest", k.least.Round(time.Millisecond))
	}
	return fmt.Sprintf("the upstream ends connections that were idle for %s, and %s: the gateway's idle timeout for "+
		"connections to the upstream must be the shorter of the two, by more than a request is on its way", idle, seen)
}

// errLate says that the window was over before the request could be sent.
var errLate = errors.New("whatever ends then, no request met it")

// crosses proves that a request in the window is lost. Who gets to it late has tried nothing, and begins anew.
func crosses(ctx context.Context, b *site.Bench) (string, error) {
	idle := b.IdleTimeout()
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow+2*idle)
	defer cancel()
	for {
		said, err := cross(ctx, b, idle)
		if !errors.Is(err, errLate) || ctx.Err() != nil {
			return said, err
		}
	}
}

func cross(ctx context.Context, b *site.Bench, idle time.Duration) (string, error) {
	meets := idle - early
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
	return fmt.Sprintf("Gatequake's own second request to %s, sent %s after the first answer: the connection ended "+
		"instead of an answer", b.Plan.Upstream, meets), nil
}
