package runner

import (
	"context"
	"encoding/json"
	"errors"
	"syscall"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/world"
)

// holding asks a world to hold an experiment, and to say in which state the gateway is then.
type holding struct {
	Do  task
	Job Job
}

// found is what is seen of a gateway while an experiment is held.
type found struct {
	Lacks    string // why it cannot be held
	Evidence string
	Anew     bool // a process of the gateway's has ended before
	Pooled   int  // connections to the upstream that are open
	Spare    int  // requests that the pool's other member has seen
}

func init() {
	tasks["hold"] = func(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
		var r holding
		if err := json.Unmarshal(request, &r); err != nil {
			return nil, err
		}
		e, err := catalog.Find(r.Job.Experiment)
		if err != nil {
			return nil, err
		}
		h, err := engine.Hold(ctx, w, site.Setup{Definition: r.Job.Gateway, Setting: r.Job.Setting}, sites.New, e)
		if errors.Is(err, errors.ErrUnsupported) {
			return found{Lacks: err.Error()}, nil
		}
		if err != nil {
			return nil, err
		}
		f := found{Evidence: h.Evidence, Spare: len(h.Bench.Member2.Origin.Hits())}
		var ended syscall.Rusage // Of children that have ended, and no others.
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &ended); err != nil {
			return nil, errors.Join(err, h.Release(ctx))
		}
		f.Anew = ended.Minflt > 0
		for _, family := range []sockets.Family{sockets.IPv4, sockets.IPv6} {
			table, err := sockets.TCP(family)
			if err != nil {
				return nil, errors.Join(err, h.Release(ctx))
			}
			for _, s := range table {
				if s.State == sockets.Established && s.Remote == h.Bench.Plan.Upstream {
					f.Pooled++
				}
			}
		}
		return f, h.Release(ctx)
	}
}

// TestHeldIsInItsState: every experiment that names a state is held in that very state, as are some that name none.
func TestHeldIsInItsState(t *testing.T) {
	t.Parallel()
	sealed(t)
	held := map[site.State]bool{}
	for _, e := range catalog.Experiments() {
		if e.State == site.Warm && e.ID != "refused" && e.ID != "silent-after-accept" && e.ID != "ip-deny+refused" {
			continue
		}
		held[e.State] = true
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			var f found
			if err := world.Run(t.Context(), world.Options{}, holding{"hold", job(t, e.ID)}, &f); err != nil {
				t.Fatal(err)
			}
			if f.Lacks != "" {
				t.Fatalf("got %s, want it held: the built-in gateway can be in every state", f.Lacks)
			}
			is := map[site.State]bool{
				site.Warm: !f.Anew && f.Pooled == 0, site.Cold: f.Anew && f.Pooled == 0,
				site.Pooled: !f.Anew && f.Pooled > 0, site.Balanced: f.Spare > 0,
			}
			if f.Evidence == "" || !is[e.State] {
				t.Errorf("got %+v, want what %q says", f, e.Title())
			}
		})
	}
	if len(held) != 4 {
		t.Errorf("got %v held, want every state", held)
	}
}
