package site

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
)

// stub is a known gateway's kind, as far as a bench without a world needs one.
type stub struct {
	Kind
	b *Bench
}

func (stub) Nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (stub) Dress(_ *client.Request, _ Probe, from netip.Addr) netip.Addr { return from }

func (s stub) WayOf(_ Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	return s.b.Way, s.b.Door(source)
}

func (stub) Talk(p Probe) Route { return p.Route }

func (stub) Attribute(*record.Observation, Probe) {}

func (stub) Stamped(r client.Response, nonce string) bool { return r.Header.Get(stamp.Answer) == nonce }

func (stub) Exclusive(Route) bool { return false }

func (stub) Healthy(_ Route, o record.Observation) bool { return o.Healthy() }

func (s stub) BystanderWay(ctx context.Context) error { return s.b.StampedBy(ctx, s.b.Plan.Bystander) }

func (stub) ToUpstream(netip.AddrPort) client.Way { return client.Way{} }

func (stub) Question(r client.Request, _ string) client.Request { return r }
