package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
)

// Refused is an upstream that is not there.
var Refused = harness.RegisterFault(harness.Fault{
	ID:    "refused",
	Title: "nothing listens at the upstream's address",
	Cause: cause.Network, Type: proxystatus.ConnectionRefused, Phase: harness.AtOnce, ByLink: true,
	Also:      []harness.State{harness.Cold, harness.Balanced},
	What:      "The upstream's machine is up, its process is not: every connection attempt is answered with a reset, which a dial sees as ECONNREFUSED.",
	Made:      "The Toxiproxy link at the upstream's address stops listening and drops its connections; it keeps the port.",
	Confirmed: "An own dial gets ECONNREFUSED.",
	Inject: func(ctx context.Context, b *harness.Bench) (*harness.Injection, error) {
		return toxic(ctx, b, link.Refuse{}, ends(b, b.Plan.Upstream, client.Refused))
	},
})
