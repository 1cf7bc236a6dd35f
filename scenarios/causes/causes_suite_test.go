// Package causes states what a client sees when what stands behind a gateway is broken: a 502 that the gateway
// writes, for every cause, and never a 403.
package causes

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestCauses(t *testing.T) { spec.Run(t, "Causes") }

// enough is the time for a spec that meets the gateway's timeouts a few times: each is some seconds at most, the
// rest is a loaded machine.
const enough = time.Minute
