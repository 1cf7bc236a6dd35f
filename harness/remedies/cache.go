package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// ClearBrowserCache is to forget every page.
var ClearBrowserCache = catalog.RegisterRemedy(catalog.Remedy{
	ID: "clear-browser-cache", Order: 2, Title: "clears the browser's cache",
	What: "The client forgets what it has kept and asks again. While the failure lasts that is no other request " +
		"than before. When it is over, a client whose cache was allowed to keep the error page (RFC 9111) is still " +
		"shown it, until the page is stale or the cache is cleared; so that is tried, too.",
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
		v.ClearCache()
		return v.Navigate(ctx), nil
	},
	Over: func(ctx context.Context, v *site.Session) (without, with record.Observation, err error) {
		without = v.Navigate(ctx)
		v.ClearCache()
		return without, v.Navigate(ctx), nil
	},
})
