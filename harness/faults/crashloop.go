package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// backoff is how long the supervisor waits before it starts the process again: short against every gateway's
// pause before another attempt, so that a second attempt meets the process and not the pause.
const backoff = 50 * time.Millisecond

// dying is longer than a killed process takes from the first of its sockets to the last: microseconds, and where
// it must wait for a processor in between, as at a load of 70 on two, some tens of milliseconds.
const dying = 200 * time.Millisecond

// CrashLoop is an upstream that is started again and again and dies of every request.
var CrashLoop = catalog.RegisterFault(catalog.Fault{
	ID:    "crash-loop",
	Title: "the upstream's process dies of every request, however often it is started again",
	Cause: cause.Bug, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	What: "A supervisor does its duty and starts the process whenever it is dead; the next request kills it again. " +
		"Between two lives the port refuses, in each the connection is taken and lost. Health checks that only " +
		"connect find it well.",
	Made: "A real upstream process that kills itself with SIGKILL when it has read a request, and a supervisor " +
		"that starts it again 50 ms after each death.",
	Confirmed: "Gatequake's own request ends without an answer, a later one is refused, and a still later one ends " +
		"without an answer again.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.CrashOnRequest)
		if err != nil {
			return nil, err
		}
		s := supervise(p)
		return &catalog.Injection{
			Undo: func(ctx context.Context) error { s.stop(); return undo(ctx) },
			Confirm: func(ctx context.Context) (string, error) {
				evidence, err := diesAgain(ctx, b, b.Plan.Upstream)
				return evidence, s.explain(err)
			},
			Rearm: func(ctx context.Context) error { return s.explain(listens(ctx, b.Plan.Upstream)) },
		}, nil
	},
})

// supervisor is what starts a process again.
type supervisor struct {
	cancel func()
	work   sync.WaitGroup

	mu     sync.Mutex
	starts int
	failed []error
}

// String is "3 times", and why it could not at others.
func (s *supervisor) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%d times, and failed to %d times (%v)", s.starts, len(s.failed), errors.Join(s.failed...))
}

// explain adds to an error what the supervisor did meanwhile.
func (s *supervisor) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; its supervisor started it %s", err, s)
}

// stop may be called more than once, and returns when nothing is started any more.
func (s *supervisor) stop() { s.cancel(); s.work.Wait() }

func (s *supervisor) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed = append(s.failed, err)
		return
	}
	s.starts++
}

// supervise starts p again whenever it has died, until it is stopped.
func supervise(p *upstream.Process) *supervisor {
	ctx, cancel := context.WithCancel(context.Background())
	s := &supervisor{cancel: cancel}
	s.work.Go(func() {
		for {
			select {
			case <-p.Exited():
			case <-ctx.Done():
				return
			}
			select {
			case <-time.After(backoff):
			case <-ctx.Done():
				return
			}
			// One that dies before it says that it listens is tried again after the next pause.
			s.note(p.Respawn(ctx, upstream.CrashOnRequest))
		}
	})
	return s
}

// listens returns when the process takes connections at the address and lives on, so that a probe meets the
// process and not the pause: a connection to one that is dying is made too, and ends at once.
func listens(ctx context.Context, at netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, 30*silenceWindow)
	defer cancel()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", at.String())
		if err == nil {
			_ = c.SetReadDeadline(time.Now().Add(dying))
			_, err = c.Read(make([]byte, 1))
			_ = c.Close()
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		select {
		case <-time.After(backoff / 10):
		case <-ctx.Done():
			return fmt.Errorf("dial %s: %w", at, err)
		}
	}
}

// diesAgain confirms that own requests end without an answer, then are refused, then end without an answer again:
// the process was there, gone, and there again.
func diesAgain(ctx context.Context, b *site.Bench, at netip.AddrPort) (string, error) {
	// Two starts of a process take some milliseconds, on a loaded machine some hundred.
	ctx, cancel := context.WithTimeout(ctx, 30*silenceWindow)
	defer cancel()
	died, gone := []client.End{client.Closed, client.Reset}, []client.End{client.Refused}
	for _, want := range [][]client.End{died, gone, died} {
		for {
			r, _ := b.Direct(ctx, at, 10*silenceWindow)
			if slices.Contains(want, r.End) {
				break
			}
			if !slices.Contains(append(died, gone...), r.End) {
				return "", fmt.Errorf("ask %s: got %d %s, want no answer", at, r.Status, r.End)
			}
			select {
			case <-time.After(backoff / 10):
			case <-ctx.Done():
				return "", fmt.Errorf("ask %s: got %s, want %v: %w", at, r.End, want, context.Cause(ctx))
			}
		}
	}
	return fmt.Sprintf("Gatequake's own requests to %s: no answer, later refused, later no answer again", at), nil
}
