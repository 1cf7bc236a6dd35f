package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// PartitionMidRequest is a network that falls apart while the upstream is at work.
var PartitionMidRequest = catalog.RegisterFault(catalog.Fault{
	ID:    "partition-mid-request",
	Title: "the network to the upstream falls apart in the middle of a request",
	Cause: cause.Network, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	Needs: []world.Need{world.Firewall},
	What: "The request was delivered and is being answered when every path between the two is gone. The answer is " +
		"sent and arrives nowhere; nothing tells either side. It may have been acted on, so that a POST must not " +
		"be sent again, and a second attempt finds no way either.",
	Made: "When the upstream has read a request, nftables rules in the world drop every packet from and to its " +
		"port; then it answers. The rules are lifted before each probe.",
	Confirmed: "Gatequake's own request is recorded by the upstream and gets nothing; then Gatequake's own dial gets " +
		"no reply.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		p := &partition{wall: b.Firewall, at: b.Plan.Upstream}
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		undo := origin.Behave(p)
		return &catalog.Injection{
			Undo:  func(context.Context) error { undo(); return p.heal() },
			Rearm: func(context.Context) error { return p.heal() },
			Confirm: func(ctx context.Context) (string, error) {
				before := len(origin.Hits())
				lost, err := confirmSilence(b, b.Plan.Upstream)(ctx)
				if err != nil {
					return "", err
				}
				if len(origin.Hits()) == before {
					return "", fmt.Errorf("ask %s: got no record of the request, want one: it must arrive "+
						"before the network falls apart", b.Plan.Upstream)
				}
				gone, err := confirmNoReply(b, b.Plan.Upstream)(ctx)
				return lost + "; then " + gone, err
			},
		}, nil
	},
})

// partition is an upstream that is cut off whenever it has read a request.
type partition struct {
	wall *firewall.Firewall
	at   netip.AddrPort

	mu   sync.Mutex // guards the rules: requests may come side by side
	undo []func() error
}

// Answer implements upstream.Behaviour.
func (p *partition) Answer(r *http.Request, c *upstream.Conn) upstream.End {
	p.fall()
	return upstream.Status{Code: http.StatusOK}.Answer(r, c)
}

// AnswerIn implements upstream.Polyglot.
func (p *partition) AnswerIn(w http.ResponseWriter, r *http.Request, c *upstream.Conn) upstream.End {
	p.fall()
	return upstream.Status{Code: http.StatusOK}.AnswerIn(w, r, c)
}

// fall cuts both directions. A rule that cannot be made shows in the confirmation.
func (p *partition) fall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	host := toward(p.at)
	for _, rule := range []firewall.Rule{
		{From: host, FromPort: p.at.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop},
		{To: host, ToPort: p.at.Port(), Protocol: firewall.TCP, Verdict: firewall.Drop},
	} {
		if undo, err := p.wall.Apply(rule); err == nil {
			p.undo = append(p.undo, undo)
		}
	}
}

// heal lifts the rules.
func (p *partition) heal() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var failed error
	for _, undo := range p.undo {
		failed = errors.Join(failed, undo())
	}
	if failed == nil {
		p.undo = nil
	}
	return failed
}
