package remedies

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// CheckStatusAndLogs is to look.
var CheckStatusAndLogs = catalog.RegisterRemedy(catalog.Remedy{
	ID: catalog.CheckLogs, Order: 4, Title: "checks the server's status and logs", Reads: true,
	What: "Somebody who may reads the gateway's log. That changes nothing for the client, who asks again. It helps " +
		"the one who reads if the log says what is wrong: if the lines that this failure leaves are those of " +
		"failures of its kind (the error types of RFC 9209), and of no others. The status of the upstream itself " +
		"always tells: that is how each failure is confirmed.",
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) { return v.Reload(ctx), nil },
})
