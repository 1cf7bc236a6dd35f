package runner

import (
	"context"
	"net"
	"time"

	"github.com/gatequake/gatequake/harness/engine"
)

// rearmEvery is how long an upstream that a request has killed stays dead: long enough to see it refuse, short enough
// not to wait for.
const rearmEvery = 3 * time.Second

// rearmed makes a fault that one request uses up anew whenever the upstream is found dead, until it is told to stop,
// and returns when it has.
func rearmed(ctx context.Context, h *engine.Held) (stop func()) {
	if h.Rearm == nil {
		return func() {}
	}
	holding, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-holding.Done():
				return
			case <-time.After(rearmEvery):
			}
			c, err := net.DialTimeout("tcp", h.Bench.Plan.Upstream.String(), time.Second)
			if err == nil {
				_ = c.Close()
				continue
			}
			_ = h.Rearm(holding)
		}
	}()
	return func() { cancel(); <-done }
}
