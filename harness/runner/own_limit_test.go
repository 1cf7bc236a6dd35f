package runner

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestOwnLimitIsNotTheUpstreams: a client whom the gateway refuses for asking too often was not hurt by an upstream
// that is broken beside, and tells nothing of one.
func TestOwnLimitIsNotTheUpstreams(t *testing.T) {
	t.Parallel()
	ours := policy.GatewayError()
	for _, c := range []struct {
		setting, experiment string
		result              verdict.Result
		says                string // of what was not checked, or of the reason
	}{
		{"a/a", "refused", verdict.Pass, "limit_req"},
		{"told/a", "refused", verdict.Unsupported, "a rule of the gateway's own refused a client (429 by gateway)"},
		{"a/a", "stale-pooled-connection", verdict.Unsupported, ""},
	} {
		t.Run(c.setting+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			own := described(t, "limited", "nginx.yaml")
			if err := own.Missing(); err != nil {
				t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
			}
			v := RunOne(t.Context(), Job{
				Experiment: c.experiment, Gateway: own.Definition(), Setting: c.setting, Policy: &ours,
			}, Options{})
			said := v.Reason + strings.Join(v.Unchecked, "; ")
			if v.Result != c.result || !strings.Contains(said, c.says) {
				t.Errorf("got %s: %s %s, want %s: %s", v.Result.String(), v.Observed, said, c.result.String(), c.says)
			}
		})
	}
}
