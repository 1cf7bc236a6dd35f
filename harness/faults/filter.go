package faults

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// Firewall403 is a firewall that speaks HTTP.
var Firewall403 = catalog.RegisterFault(catalog.Fault{
	ID: "firewall-403", Title: "a filtering proxy in front of the upstream answers 403 (control: it is passed on)",
	Cause: cause.Firewall, Phase: catalog.AtOnce,
	Control: &record.Expectation{Statuses: []int{http.StatusForbidden}, By: record.ByIntermediary},
	What: "An application firewall between gateway and upstream refuses the request by itself. Its 403 is a valid " +
		"answer and is passed on, and it is nobody's block but its own: neither the gateway nor the upstream has " +
		"refused anything. Who looks for the rule in either will not find it.",
	Made: "A proxy at the upstream's address, in place of the link, that answers every request with a stamped 403 " +
		"in its own name.",
	Confirmed: "Gatequake's own request is answered with a whole 403 in the proxy's name, while the upstream behind it " +
		"answers 200.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		options, err := b.StandIn()
		if err != nil {
			return nil, err
		}
		options.Name = record.IntermediaryName
		proxy, undo, err := replace(ctx, b, func(at string) (*upstream.Origin, error) {
			return upstream.Start(at, options)
		})
		if err != nil {
			return nil, err
		}
		proxy.Behave(upstream.Status{Code: http.StatusForbidden})
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			return filtered(ctx, b)
		}}, nil
	},
})

// filtered confirms that the proxy refuses what the upstream would answer.
func filtered(ctx context.Context, b *site.Bench) (string, error) {
	r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
	if by := r.Header.Get(stamp.Origin); r.Status != http.StatusForbidden || by != record.IntermediaryName {
		return "", fmt.Errorf("ask %s: got %d by %q, want 403 by %q", b.Plan.Upstream, r.Status, by,
			record.IntermediaryName)
	}
	behind, err := netip.ParseAddrPort(b.Upstream.Origin.Addr())
	if err != nil {
		return "", err
	}
	well, err := confirmStatus(b, behind, http.StatusOK, 0)(ctx)
	return fmt.Sprintf("Gatequake's own request to %s: 403 by the proxy; %s", b.Plan.Upstream, well), err
}
