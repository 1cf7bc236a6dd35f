package matchers

import (
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/loadtest"
)

// ServeAll succeeds if every request of the traffic, and there was one, got the upstream's own 200, whole.
func ServeAll() types.GomegaMatcher {
	return carried(
		"be served to the last request",
		func(t loadtest.Traffic) bool { return t.Requests > 0 && t.Failed() == 0 },
	)
}

// FailHonestly succeeds if some requests of the traffic were not served, and each of those was told so: by a whole
// 502, 503 or 504 that the gateway wrote itself.
func FailHonestly() types.GomegaMatcher {
	return carried("fail in part, with a whole 502, 503 or 504 by gateway each time", func(t loadtest.Traffic) bool {
		return t.Failed() > 0 && t.Honest() == t.Failed()
	})
}

func carried(what string, match func(loadtest.Traffic) bool) types.GomegaMatcher {
	return gcustom.MakeMatcher(
		of(match),
	).WithTemplate(
		"Expected the traffic {{.To}} {{.Data}}; it was {{.Actual}}",
		what,
	)
}
