package site

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/link"
)

// What the members of the pool call themselves in their stamps.
const (
	UpstreamName = "upstream"
	Member2Name  = "spare"
	Member3Name  = "third"
)

// Member is an upstream of the balanced route's pool.
type Member struct {
	*Endpoint
	// Name is what it calls itself in its stamps.
	Name string
	// At is where the gateway dials it.
	At netip.AddrPort
}

// AddMember3 plans a pool of three for the balanced route, which has two otherwise.
func (p *Plan) AddMember3() { p.Member3 = p.member3 }

// Members lists the members of the pool, the one that faults strike first.
func (b *Bench) Members() []Member {
	all := []Member{{b.Upstream, UpstreamName, b.Plan.Upstream}, {b.Member2, Member2Name, b.Plan.Member2}}
	if b.Member3 != nil {
		all = append(all, Member{b.Member3, Member3Name, b.Plan.Member3})
	}
	return all
}

// Restart lets the upstream go away, without warning and whatever it is at, and come back after so long. It returns
// when it listens again.
func (p *Endpoint) Restart(ctx context.Context, away time.Duration) error {
	back, err := p.Link.Inject(ctx, link.Refuse{})
	if err != nil {
		return fmt.Errorf("restart upstream: %w", err)
	}
	select {
	case <-time.After(away):
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err := errors.Join(err, back(context.WithoutCancel(ctx))); err != nil {
		return fmt.Errorf("restart upstream: %w", err)
	}
	return nil
}

// RestartEach restarts the members of the pool one after another. Each is away for so long, and the next has its turn
// when every one of them has served a client since: a gateway may go on avoiding a member for some time that is back.
func (b *Bench) RestartEach(ctx context.Context, away time.Duration) error {
	for _, m := range b.Members() {
		if err := m.Restart(ctx, away); err != nil {
			return err
		}
		if err := b.EachServes(ctx); err != nil {
			return fmt.Errorf("after the restart of %s: %w", m.Name, err)
		}
	}
	return nil
}
