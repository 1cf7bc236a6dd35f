package matchers

import (
	"net/http"

	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
)

// BeBadGateway succeeds if the observation is a whole 502 that the gateway wrote itself.
func BeBadGateway() types.GomegaMatcher { return beRefused(http.StatusBadGateway) }

// BeForbidden succeeds if the observation is a whole 403 that the gateway wrote itself.
func BeForbidden() types.GomegaMatcher { return beRefused(http.StatusForbidden) }

// BeHealthy succeeds if the observation is a whole 200 that the upstream wrote in answer to this very probe.
func BeHealthy() types.GomegaMatcher {
	return observed("a whole 200 by upstream", record.Observation.Healthy)
}

// ComeFrom succeeds if the upstream with the name wrote the answer to this very probe.
func ComeFrom(name string) types.GomegaMatcher {
	return observed("an answer of "+name, func(o record.Observation) bool {
		return o.By == record.ByUpstream && o.Header.Get(stamp.Origin) == name
	})
}

func beRefused(status int) types.GomegaMatcher {
	want := record.Expectation{Statuses: []int{status}, By: record.ByGateway}
	return observed("a whole "+want.String(), func(o record.Observation) bool {
		return o.Answered() && want.Accepts(o.Status) && o.By == want.By
	})
}

func observed(what string, match func(record.Observation) bool) types.GomegaMatcher {
	return gcustom.MakeMatcher(of(match)).WithTemplate(
		`Expected {{.Actual.Probe}} {{.To}} get {{.Data}}; it got {{.Actual}} after `+
			`{{printf "%.0f" .Actual.Took}} ms{{with .Actual.Error}} ({{.}}){{end}}, `+
			`with {{.Actual.Hits}} of it at the upstream{{with .Actual.Body}}:{{printf "\n%.300q" .}}{{end}}`,
		what,
	)
}
