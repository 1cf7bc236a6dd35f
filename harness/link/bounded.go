package link

import (
	"context"
	"errors"
	"fmt"
)

// bounded runs call, which is one into Toxiproxy, and returns what it returns, or an error as soon as ctx is done
// or callTimeout is over. Toxiproxy cannot be interrupted: a call that was given up runs on, on a proxy that is not
// used any more.
func bounded(ctx context.Context, call func() error) error {
	late := fmt.Errorf("wait for toxiproxy: got no answer within %v: %w", callTimeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, late)
	defer cancel()
	done := make(chan error, 1) // one place, so that a call that was given up can still end
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if cause := context.Cause(ctx); errors.Is(cause, late) {
		return late
	}
	return fmt.Errorf("wait for toxiproxy: got no answer: %w", context.Cause(ctx))
}
