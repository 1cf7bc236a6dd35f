package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// OtherBrowser is to ask with another one.
var OtherBrowser = catalog.RegisterRemedy(catalog.Remedy{
	ID: "other-browser", Order: 3, Title: "tries another browser",
	What: "The same person, at the same machine, asks for the same with another browser: with another User-Agent, " +
		"no cookies, an empty cache, and a connection of its own.",
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
		other := v.OtherBrowser()
		defer other.Disconnect()
		return other.Navigate(ctx), nil
	},
})
