package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// Refresh is to ask again.
var Refresh = catalog.RegisterRemedy(catalog.Remedy{
	ID: "refresh", Order: 1, Title: "refreshes the page", Plain: true,
	What: "The same client asks once more, on the same connection if that is still open, and past its cache. It is " +
		"served if the failure was one that the next request does not meet.",
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) { return v.Reload(ctx), nil },
})
