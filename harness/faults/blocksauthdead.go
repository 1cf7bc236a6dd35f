package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
)

// ExternalAuthDead is an authorisation service that is not there: no block, and not to be told as one.
var ExternalAuthDead = catalog.RegisterFault(catalog.Fault{
	ID:    "external-auth-dead",
	Title: "nothing listens where the gateway asks who may pass",
	Cause: cause.Network, Type: proxystatus.DestinationUnavailable, Phase: catalog.AtOnce, Route: site.RouteVouched,
	What: "The gateway asks a service about each request before it lets it pass, and that service is down. Nobody " +
		"was refused: a 403 would send everybody to look for a block. Something behind the gateway is broken, " +
		"which is what a 502 says.",
	Made: "The Toxiproxy link at the service's address stops listening and drops its connections; it keeps the " +
		"port. The upstream is healthy.",
	Confirmed: "Gatequake's own dial to the service's address gets ECONNREFUSED.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.AuthService.Inject(ctx, link.Refuse{})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmEnd(b, b.Plan.AuthService, client.Refused)}, nil
	},
})
