package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// WorkersBusy is an upstream whose workers are all taken by others.
var WorkersBusy = catalog.RegisterFault(catalog.Fault{
	ID:    "workers-busy",
	Title: "all of the upstream's workers are busy with other requests",
	Cause: cause.Overload, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	What: "A server with a fixed number of workers still accepts when all of them are busy; the next request waits " +
		"in line. It is answered when somebody leaves, or not before the gateway's patience ends.",
	Made: "A crowd of real clients, one for each worker of the upstream, whose requests are being held; past the " +
		"gateway, at the same upstream.",
	Confirmed: "Every client of the crowd has the head of its answer, so every worker is taken; Gatequake's own request " +
		"connects and waits.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		if _, err := b.Scripted(); err != nil {
			return nil, err
		}
		secure, at := b.Crowd()
		crowd, err := upstream.OccupyTLS(ctx, at, site.Workers, secure)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo:    func(context.Context) error { crowd.Release(); return nil },
			Confirm: confirmSilence(b, b.Plan.Upstream),
		}, nil
	},
})
