// Package prevention states what keeps 502s from clients, and how much: capacity, several upstreams, changes
// without an interruption, and somebody who is told.
//
// Its specs are serial: each is about a load that an upstream can bear or not, and needs the machine for itself.
package prevention

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestPrevention(t *testing.T) { spec.Run(t, "Prevention") }

// enough is the time for a spec that sends some loads of some seconds: the rest is a loaded machine.
const enough = time.Minute
