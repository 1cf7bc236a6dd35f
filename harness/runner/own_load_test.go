package runner

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestIdleUpstream: a gateway that keeps idle connections for longer than its upstream loses requests, and one that
// lets go of them first loses none. What a crowd does not get of a gateway with too few connections before anything is
// broken is not the upstream's doing.
func TestIdleUpstream(t *testing.T) {
	t.Parallel()
	ours := policy.GatewayError()
	for _, c := range []struct {
		file, setting string
		result        verdict.Result
		observed      []string
		advice        string
		unchecked     string
	}{
		{
			"pools.yaml", "kept/kept", verdict.Fail,
			[]string{"GET /kept/: 200 by upstream", "POST /kept/: 502 by gateway", "POST /kept/: 200 by upstream"},
			"idle for 1s, and the gateway ended none before that", "",
		},
		{"pools.yaml", "brief/brief", verdict.Pass, []string{"200 by upstream"}, "", ""},
		{"few.yaml", "kept/kept", verdict.Pass, []string{"200 by upstream"}, "", "before anything was broken: a limit"},
	} {
		t.Run(c.file+" "+c.setting, func(t *testing.T) {
			t.Parallel()
			own := described(t, "pools", c.file)
			if err := own.Missing(); err != nil {
				t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
			}
			v := RunOne(t.Context(), Job{
				Experiment: "keepalive-mismatch", Gateway: own.Definition(), Setting: c.setting, Policy: &ours,
			}, Options{})
			for _, want := range c.observed {
				if !strings.Contains(v.Observed, want) {
					t.Errorf("got %s, want %s among it", v.Observed, want)
				}
			}
			unchecked := strings.Join(v.Unchecked, "; ")
			if v.Result != c.result || !strings.Contains(v.Advice, c.advice) || (v.Advice == "") != (c.advice == "") ||
				!strings.Contains(unchecked, c.unchecked) || (unchecked == "") != (c.unchecked == "") {
				t.Errorf("got %s: %s, advice %q, unchecked %q; want %s, advice %q, unchecked %q\n%v", v.Result.String(),
					v.Reason, v.Advice, unchecked, c.result.String(), c.advice, c.unchecked, v.Counts)
			}
		})
	}
}
