// Package spec lets Ginkgo suites speak of worlds: an experiment becomes a spec, and the body of a spec runs inside a
// world of its own.
//
//	spec ──request──> world (this test binary again, the same spec) ──> verdict, or a report ──> pass, fail or skip
//
// The Ginkgo process itself stays outside of every world, so go test, ginkgo -p, --focus, timeouts and Ctrl-C work as
// in any suite. The gateway under test comes from the environment: GATEQUAKE_GATEWAY (a known name, or the path of a
// folder; builtin if empty), GATEQUAKE_SETTING (document if empty) and GATEQUAKE_PORTABLE (1 for worlds without
// namespaces).
//
// A suite skips only what does not count: what the world cannot express ("unsupported: …"), and what the gateway is
// known to break ("known deviation: …"), which is neither a pass, as the promise was not kept, nor news. Everything
// else that is not a pass is a failure, inconclusive verdicts included.
package spec

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

// suite is what the bodies of specs must know and Ginkgo, whose suite is a global too, has no place for.
var suite struct {
	description string
	// args lead a new process of this binary to the same call of Run.
	args []string
	// inside is the world that this process is the first of; nil in the Ginkgo process that stays outside.
	inside *inside
}

// inside is a world in which one spec is played.
type inside struct {
	world   *world.World
	subject subject
}

// Run runs the suite of the calling package; a suite's only test function calls it and nothing else. In a process
// that is the first of a world it plays what that world was made for instead, and does not return.
func Run(t *testing.T, description string) {
	suite.description = description
	suite.args = []string{"-test.run=^" + regexp.QuoteMeta(t.Name()) + "$"}
	gomega.RegisterFailHandler(ginkgo.Fail)
	if !world.Inside() {
		ginkgo.RunSpecs(t, description)
		return
	}
	world.Serve(func(ctx context.Context, w *world.World, raw json.RawMessage) (any, error) {
		r := request{}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		if r.Focus == "" {
			return runner.Execute(ctx, w, raw)
		}
		return play(t, w, r)
	})
}

// request asks a world for a spec. One without a Focus is a runner.Job, and asks for an experiment.
type request struct {
	subject
	// Focus matches the text of the spec, as --focus does, and no other text.
	Focus string `json:"focus"`
}
