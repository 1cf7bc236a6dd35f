package check

import (
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// BlockHolds is the promise that a block holds whatever is broken.
var BlockHolds = register(Check{
	ID:      "block-holds",
	Promise: "a client that is blocked, beside the others, gets its 403, and the upstream is not asked",
	Harm:    BlockFails,
	Order:   9,
	For:     ofFault,
	Bears:   anAnswer,
	Judge:   judgeBlock,
})

func judgeBlock(r record.Record, _ policy.Policy) (all []verdict.Check) {
	for _, o := range with(r, record.Blocked) {
		if r.Dead != "" {
			continue // A dead gateway refuses nobody any more.
		}
		got := o.String()
		if o.Hits > 0 {
			got += fmt.Sprintf(", and %d requests at the upstream", o.Hits)
		}
		// To a client of gRPC PERMISSION_DENIED is what a 403 is to others.
		refused := policy.Refusal.Accepts(o.Status) ||
			o.Status == http.StatusOK && o.GRPC == record.GRPCPermissionDenied
		ok := refused && o.By == policy.Refusal.By && o.Answered() && o.Hits == 0
		all = append(all, outcome(o.Probe, ok, got, policy.Refusal.String()+", and nothing at the upstream"))
	}
	return all
}
