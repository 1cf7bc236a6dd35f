package runner

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestPoolsOfWorkers: where each worker has connections of its own, whichever worker a request comes to has one that
// the upstream ends.
func TestPoolsOfWorkers(t *testing.T) {
	t.Parallel()
	ours := policy.GatewayError()
	for _, file := range []string{"nginx-workers.yaml", "haproxy-threads.yaml", "envoy-workers.yaml"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			own := described(t, "pools", file)
			if err := own.Missing(); err != nil {
				t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
			}
			v := RunOne(t.Context(), Job{
				Experiment: "stale-pooled-connection", Gateway: own.Definition(), Setting: "kept/kept", Policy: &ours,
			}, Options{})
			lost := func(o record.Observation) bool {
				return o.Role == record.Probed && o.Method() == http.MethodPost && o.By == record.ByGateway
			}
			if v.Result != verdict.Pass || !slices.ContainsFunc(v.Observations, lost) {
				t.Errorf("got %s: %s %s, want a pass in which the POST was lost", v.Result.String(), v.Observed, v.Reason)
			}
		})
	}
}
