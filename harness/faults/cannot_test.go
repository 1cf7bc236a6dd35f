package faults_test

import (
	"testing"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"

	_ "github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/gateway"
)

// What a gateway's folder says that it cannot, or breaks, is about an experiment that there is: else a renamed
// one would lose its entry without a word.
func TestGatewaysSpeakOfKnownExperiments(t *testing.T) {
	known := map[string]bool{}
	for _, e := range catalog.Experiments() {
		for _, key := range []string{e.ID, e.Base(), "~" + string(e.Protocol), e.Route().Path()} {
			known[key] = true
		}
	}
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		for id, reason := range d.Cannot {
			if reason == "" || !known[id] {
				t.Errorf("%s/gateway.yaml: cannot: got %q: %q, want the ID of an experiment, ~PROTOCOL or the path of a route, and a reason",
					d.Name, id, reason)
			}
		}
		for _, deviation := range d.Deviations {
			for _, id := range deviation.Experiments {
				if !known[id] {
					t.Errorf("%s/gateway.yaml: deviations: got experiment %q, want one that there is", d.Name, id)
				}
			}
		}
	}
}
