package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// memory is a site in memory: a gateway that answers 200 while nothing is broken, and else 502. It writes down what the
// engine does, in order, and fails where it is told to.
type memory struct {
	// fails has what fails, by the name that is written down, from the nth time on (1 is the first).
	fails map[string]int
	// dies is what the gateway's process dies of, by the name that is written down.
	dies string
	// during, if not nil, is called with each name that is written down.
	during func(name string)

	mu     sync.Mutex
	did    []string
	broken bool
	dead   bool
	exited chan struct{}
	nonces int
}

var errMade = errors.New("made to fail")

// do writes the name down.
func (m *memory) do(name string) error {
	if m.during != nil {
		m.during(name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.did = append(m.did, name)
	if m.dies == name && !m.dead {
		m.dead = true
		close(m.exited)
	}
	times := len(slices.DeleteFunc(slices.Clone(m.did), func(d string) bool { return d != name }))
	if from := m.fails[name]; from > 0 && times >= from {
		return fmt.Errorf("%s: %w", name, errMade)
	}
	return nil
}

func (m *memory) Steady(_ context.Context, routes ...site.Route) error {
	err := m.do(fmt.Sprintf("steady %d", len(routes)))
	if m.Dead() != "" {
		return errors.New("the gateway ended")
	}
	return err
}

func (m *memory) EachServes(context.Context) error { return m.do("each serves") }

// fault is the one that is injected.
var fault = &catalog.Fault{ID: "made", Phase: catalog.AtOnce}

func (m *memory) Inject(context.Context, *catalog.Fault) (*catalog.Injection, error) {
	if err := m.do("inject"); err != nil {
		return nil, err
	}
	m.broken = true
	return &catalog.Injection{
		Confirm: func(context.Context) (string, error) { return "made, and seen", m.do("confirm") },
		Undo: func(ctx context.Context) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			m.broken = false
			return m.do("undo")
		},
	}, nil
}

func (m *memory) PrepareState(context.Context, site.State, site.Route) error { return m.do("prepare") }

func (m *memory) EnterState(context.Context, site.State) error { return m.do("enter") }

func (m *memory) Sound(context.Context) error { return m.do("sound") }

func (m *memory) BystanderWay(context.Context) error { return m.do("bystander's way") }

func (m *memory) Probe(_ context.Context, p site.Probe) record.Observation {
	if p.Sent != nil {
		p.Sent()
	}
	name := "probe " + p.Method
	if p.Route == site.RouteBystander {
		name = "bystander"
	}
	err := m.do(name)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nonces++
	o := record.Observation{
		Probe: p.Method + " /" + string(
			p.Route,
		),
		Nonce:  fmt.Sprint(m.nonces),
		Began:  time.Now(),
		Done:   time.Now(),
		Took:   1,
		Status: http.StatusOK,
		By:     record.ByUpstream,
		End:    client.Complete,
		After:  record.ConnectionUsable,
	}
	switch {
	case m.dead:
		o.Status, o.By, o.End = 0, record.ByNobody, client.Closed
	case m.broken && p.Route != site.RouteBystander, err != nil:
		o.Status, o.By = http.StatusBadGateway, record.ByGateway
	}
	o.Steady = o.Healthy()
	return o
}

func (m *memory) Process() Process { return m }

func (m *memory) Dead() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return "killed"
	}
	return ""
}

func (m *memory) Exited() <-chan struct{} { return m.exited }

func (*memory) Mark() gateway.Mark { return nil }

func (*memory) Since(gateway.Mark) []string { return []string{"a line"} }

func (*memory) Terms(t record.Terms, _ bool) record.Terms {
	t.Limits, t.Bystander = record.Limits{AtOnce: 1000, Resolve: 1000, Connect: 1000, Respond: 1000}, "200"
	return t
}

func (*memory) MethodsOf(site.Route) []string { return []string{http.MethodGet, http.MethodPost} }

func (*memory) Healthy(_ site.Route, o record.Observation) bool { return o.Healthy() }

func (*memory) HasBystander() bool { return true }

func (*memory) WholePool(s site.State) bool { return s == site.Balanced }

func (*memory) MembersTried() int { return 1 }

func (*memory) Delayed(shortest time.Duration) time.Duration { return shortest / 2 }
