package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// RestartNetworkDevices is to switch everything off and on again.
var RestartNetworkDevices = catalog.RegisterRemedy(catalog.Remedy{
	ID: "restart-network-devices", Order: 5, Title: "restarts the computer and the router",
	What: "The client is at home, behind a router with NAT and a resolver of its own, and has an open connection, " +
		"a remembered name and known neighbours. All of that is lost, in the computer and in the router. Then the " +
		"client asks again, from the same address. What ends a fault of these states is in the home's own tests.",
	Needs: street,
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
		return clientnet.AskAfter(ctx, v, clientnet.Everything)
	},
})

// street is what a world must be able to do to have a home in it.
var street = []world.Need{world.AnyAddress, world.Firewall}
