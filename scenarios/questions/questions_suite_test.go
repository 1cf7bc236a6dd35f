// Package questions answers what people also ask about a 502, each answer with an experiment that could show it
// to be wrong.
package questions

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestQuestions(t *testing.T) { spec.Run(t, "Questions") }

// enough is the time for a spec that meets the gateway's timeouts a few times: each is some seconds at most, the
// rest is a loaded machine.
const enough = time.Minute
