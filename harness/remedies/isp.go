package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// ContactISP is to call the provider.
var ContactISP = catalog.RegisterRemedy(catalog.Remedy{
	ID: "contact-isp", Order: 6, Title: "calls the internet provider",
	What: "The client is at home, and the provider does all that it can: its hop passes everything on, its " +
		"resolver is started anew, the line is there. Then the client asks again. It is the last thing to try, as " +
		"nobody else can repair a hop on the way; against what is behind the gateway the provider can do nothing.",
	Needs: street,
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
		return clientnet.AskAfter(ctx, v, clientnet.Provider)
	},
})
