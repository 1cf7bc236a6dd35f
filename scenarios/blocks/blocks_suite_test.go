// Package blocks states what a client sees that a gateway refuses: a 403, whatever the state of what stands
// behind, which is never asked.
package blocks

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestBlocks(t *testing.T) { spec.Run(t, "Blocks") }

// enough is the time for a spec that meets the gateway's timeouts a few times: each is some seconds at most, the
// rest is a loaded machine.
const enough = time.Minute
