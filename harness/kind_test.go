package harness

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/stamp"
)

// stub is a known gateway's kind, as far as a bench without a world needs one.
type stub struct {
	Kind
	b *Bench
}

func (stub) nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (stub) dress(_ *client.Request, _ Probe, from netip.Addr) netip.Addr { return from }

func (s stub) wayOf(_ Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	return s.b.way, s.b.door(source)
}

func (stub) talk(p Probe) Route { return p.Route }

func (stub) attribute(*Observation, Probe) {}

func (stub) stamped(r client.Response, nonce string) bool { return r.Header.Get(stamp.Answer) == nonce }

func (stub) exclusive(Route) bool { return false }

func (stub) healthy(_ Route, o Observation) bool { return o.Healthy() }

func (s stub) bystanderWay(ctx context.Context) error { return s.b.stampedBy(ctx, s.b.Plan.Bystander) }

func (stub) toUpstream(netip.AddrPort) client.Way { return client.Way{} }

func (stub) question(r client.Request, _ string) client.Request { return r }

func (stub) asksAll() bool { return false }
