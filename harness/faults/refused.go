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

// Refused is an upstream that is not there.
var Refused = catalog.RegisterFault(catalog.Fault{
	ID:    "refused",
	Title: "nothing listens at the upstream's address",
	Cause: cause.Network, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce,
	Also: []site.State{site.Cold, site.Balanced},
	What: "The upstream's machine is up, its process is not: every connection attempt is answered with a reset, " +
		"which a dial sees as ECONNREFUSED.",
	Made: "The Toxiproxy link at the upstream's address stops listening and drops its connections; it keeps the " +
		"port.",
	Confirmed: "Gatequake's own dial gets ECONNREFUSED.",
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return toxic(ctx, b, link.Refuse{}, confirmEnd(b, b.Plan.Upstream, client.Refused))
	},
})
