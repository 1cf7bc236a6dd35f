// Package remedies states what the advice is good for that people get against an error page: refresh, clear the
// cache, try another browser, look at the logs. Each is tried on a client who has just seen the failure, while
// it lasts. The whole table, for every cause and block, is RESULTS.md beside this file.
package remedies

import (
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/spec"
)

func TestRemedies(t *testing.T) { spec.Run(t, "Remedies") }

// enough is the time for an experiment that meets the gateway's timeouts with every remedy: each is some seconds
// at most, the rest is a loaded machine.
const enough = 2 * time.Minute
