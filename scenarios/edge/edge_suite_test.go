// Package edge is an example of a suite on a gateway of one's own, with its own configuration: two services
// behind it, and a path that nobody may see. The same is said of two gateways: the nginx of fixtures/edge, and
// the built-in one, which is everywhere.
package edge

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestEdge(t *testing.T) { spec.Run(t, "Edge") }

// enough is the time for a spec that meets the gateway's timeouts a few times: each is two seconds at most, the
// rest is a loaded machine.
const enough = time.Minute
