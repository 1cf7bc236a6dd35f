package engine

import (
	"context"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// ordinary is a site without instruments, and without caveats.
type ordinary struct{}

var (
	_ Instruments = ordinary{}
	_ Caveats     = ordinary{}
)

func (ordinary) Hits(string) []upstream.Hit { return nil }

func (ordinary) HitsOf(string) int { return 0 }

func (ordinary) Queries() []dns.Query { return nil }

func (ordinary) SettleLog(context.Context) {}

func (ordinary) Late() func() time.Duration { return func() time.Duration { return 0 } }

func (ordinary) Tells(record.Observation) string { return "" }

func (ordinary) Unchecked() []string { return nil }

func (ordinary) Watched() bool { return true }

func (ordinary) Checked() string { return "" }

func (ordinary) Obstacle() string { return "" }

func (ordinary) Resolves() time.Duration { return 0 }

func (ordinary) Holds(string) bool { return false }

func (ordinary) Lacks(world.Need) string { return "" }

// instruments are the site's, which see nothing where it has none.
func (t *run) instruments() Instruments {
	if i, can := t.site.(Instruments); can {
		return i
	}
	return ordinary{}
}

// caveats are the site's, if there are any.
func (t *run) caveats() Caveats {
	if c, may := t.site.(Caveats); may {
		return c
	}
	return ordinary{}
}

// clients are the site's. The error wraps errors.ErrUnsupported where a probe is all that there is.
func (t *run) clients() (Clients, error) {
	if c, can := t.site.(Clients); can {
		return c, nil
	}
	return nil, site.Inapplicable("it takes more clients than there are at this site")
}

// pool is the site's. The error wraps errors.ErrUnsupported where there can be none.
func (t *run) pool() (Pool, error) {
	if p, may := t.site.(Pool); may {
		return p, nil
	}
	return nil, site.Inapplicable("its upstreams make no pool")
}

// prepareState brings the gateway into the state in which the fault strikes, if the site can do that.
func (t *run) prepareState(ctx context.Context) error {
	if s, can := t.site.(States); can {
		return s.PrepareState(ctx, t.experiment.State, t.experiment.Fault.Route)
	}
	return nil
}

// enterState brings the gateway into the state that it can be in only once the fault has struck, if the site can do
// that.
func (t *run) enterState(ctx context.Context) error {
	if s, can := t.site.(States); can {
		return s.EnterState(ctx, t.experiment.State)
	}
	return nil
}
