package harness

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// askBystander asks the bystander, if there is one.
func (t *trial) askBystander(ctx context.Context) (o Observation) {
	if !t.bench.lonely() {
		o = t.bench.Probe(ctx, Probe{Route: RouteBystander, Within: patience})
	}
	return o
}

// seeBystander notes the bystander's answer, and holds it against those that were asked for just before it: it may not
// have come only when the last of them was there, if that took as long as the gateway waits for an upstream.
//
// Before the gateway is said to have hurt a bystander, the bystander's own way is proved without the gateway. Where the
// fault itself has taken that away, the promise is left out, and the verdict says so; the error is of a way that is
// broken for no reason of the fault's, so that nobody can tell.
func (t *trial) seeBystander(ctx context.Context, o Observation, beside []Observation) error {
	if t.bench.lonely() {
		return nil
	}
	t.verdict.Observations = append(t.verdict.Observations, o)
	want := t.bench.steadyState(RouteBystander)
	c := Check{Name: CheckBystander, OK: t.bench.healthy(RouteBystander, o), Of: o.Probe, Got: o.String(), Want: want}
	if !c.OK {
		if applies, err := t.bystanderCanBeServed(ctx, o); !applies {
			return err
		}
	}
	if c.OK && len(beside) > 0 {
		last := slices.MaxFunc(beside, func(a, b Observation) int { return a.ended.Compare(b.ended) })
		c.OK = last.took() < t.shortest() || o.ended.Before(last.ended)
		c.Got = o.String() + " after " + last.Probe + " had its answer"
		c.Want = want + " before that: it waits for nobody who is broken"
	}
	t.check(c)
	return nil
}

// bystanderCanBeServed reports whether the gateway could have served the bystander, who got o. The error is of a way
// that is broken, and not by the fault's nature.
func (t *trial) bystanderCanBeServed(ctx context.Context, o Observation) (bool, error) {
	broken := t.bench.bystanderWay(ctx)
	switch f := t.experiment.Fault; {
	case broken == nil:
		return true, nil
	case f == nil || f.beyond() == "":
		return false, fmt.Errorf("the bystander got %s, and its own way is broken, past the gateway: %w", o, broken)
	default:
		const left = "whether the bystander is spared by %s, which strikes %s: the bystander needs that too (%s)"
		what := fmt.Sprintf(left, f.ID, f.beyond(), broken)
		if !slices.Contains(t.verdict.Unchecked, what) {
			t.verdict.Unchecked = append(t.verdict.Unchecked, what)
		}
		return false, nil
	}
}

// wayPatience bounds the proof of a way. What is well answers within milliseconds; on two processors with a load of 25
// it took 630 ms at most.
const wayPatience = 3 * time.Second

// typeA is the type of a query for IPv4 addresses (RFC 1035, section 3.2.2): names of a world have no others.
const typeA = 1

// bystanderWay proves, without the gateway, that there is all that the gateway needs to serve the bystander: the name
// of each of its upstreams is resolved, where it has one, by the nameserver that the gateway asks, and what is there
// answers.
func (b *Bench) bystanderWay(ctx context.Context) error {
	if b.ours == nil {
		return b.stampedBy(ctx, b.Plan.Bystander)
	}
	if b.lonely() {
		return nil
	}
	for _, u := range b.ours.Upstreams {
		if !slices.Contains(b.ours.bystander.Upstreams, u.Name) {
			continue
		}
		way := b.wayTo
		if b.there != nil {
			way = b.wayToTheirs
		}
		if err := way(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
	}
	return nil
}

// stampedBy proves that the upstream at the address answers, and that it is ours.
func (b *Bench) stampedBy(ctx context.Context, at netip.AddrPort) error {
	r, nonce := b.Direct(ctx, at, wayPatience)
	return wellFrom(at, r, nonce)
}

// wellFrom is nil of a whole answer with the nonce's stamp.
func wellFrom(at netip.AddrPort, r client.Response, nonce string) error {
	if r.Header.Get(upstream.StampHeader) != nonce || r.End != client.Complete {
		return fmt.Errorf("ask %s: got %d, %s, want a whole answer with our stamp", at, r.Status, r.End)
	}
	return nil
}

// wayTo proves that the way to an upstream of a gateway of the user's own is open.
func (b *Bench) wayTo(ctx context.Context, u gateway.Upstream) error {
	ctx, cancel := context.WithTimeout(ctx, wayPatience)
	defer cancel()
	at := b.ours.At(u)
	if u.Host != "" {
		who := gateway.NameserverAt(u.Nameserver)
		reply, err := dns.Ask(ctx, who.String(), u.Host, typeA)
		if err != nil {
			return fmt.Errorf("ask the nameserver %s for %s: no answer to be used", who, u.Host)
		}
		if got := reply.Addresses; !slices.Contains(got, at.Addr()) {
			return fmt.Errorf("ask the nameserver %s for %s: got %s %v, want %s", who, u.Host, reply.Rcode, got, at.Addr())
		}
	}
	way := b.wayToUpstream(u)
	if u.Speaks == string(upstream.HTTP1Spoken) {
		request, _ := b.request(Probe{})
		nonce := request.Header[0].Value
		return wellFrom(at, way.Once(ctx, at, netip.Addr{}, direct(u, nonce)), nonce)
	}
	c, err := way.Connect(ctx, at, netip.Addr{})
	if err != nil {
		return fmt.Errorf("dial %s: %s", at, client.EndOf(err))
	}
	return c.Close()
}

// wayToTheirs proves that the way to an upstream that is not ours is open, through the link in front of it.
func (b *Bench) wayToTheirs(ctx context.Context, u gateway.Upstream) error {
	return b.there.bench(gateway.Target{Probe: *b.ours.bystander, Upstream: u}).theirsSound(ctx)
}

// sound proves, without the gateway, that every upstream that an experiment looks at works.
func (b *Bench) sound(ctx context.Context) error {
	if b.ours == nil {
		return b.catalogueSound(ctx)
	}
	if b.there != nil {
		return errors.Join(b.theirsSound(ctx), b.bystanderWay(ctx))
	}
	return errors.Join(b.wayTo(ctx, b.ours.Upstream), b.bystanderWay(ctx))
}
