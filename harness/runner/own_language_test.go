package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// standIns are the faults in which a server stands in for the upstream, or behaves for it, with what clients of a
// gateway that keeps its word see, whatever language the gateway speaks to the upstream.
var standIns = map[string]string{
	"frozen": "by gateway", "crash-on-request": "by gateway", "out-of-memory-kill": "by gateway",
	"crash-loop": "by gateway", "out-of-descriptors": "by gateway", "workers-busy": "by gateway",
	"connection-limit-reset": "by gateway", "connection-limit-close": "by gateway",
	"proxy-protocol-expected": "by gateway", "deadlock": "by gateway", "slow-drip": "by gateway",
	"reset-after-request": "by gateway", "empty-reply": "by gateway", "headers-too-large-300k": "by gateway",
	"error-500": "500 by upstream", "sheds-503": "503 by upstream", "slow-503": "503 by upstream",
	"firewall-403": "403 by intermediary", "latency-within-budget": "200 by upstream",
	"packet-loss-30": "200 by upstream", "reset-mid-body": "cut",
}

// TestStandInsSpeakWhatTheUpstreamSpeaks tries upstreams that are spoken to in TLS, HTTP/2, gRPC and FastCGI.
func TestStandInsSpeakWhatTheUpstreamSpeaks(t *testing.T) {
	t.Parallel()
	ours := policy.GatewayError()
	for _, c := range []struct {
		file, setting string
		few           []string // in place of all
	}{
		{"nginx.yaml", "tls/secure", nil},
		{"nginx.yaml", "call/cart", nil},
		{"nginx.yaml", "fcgi/php", nil},
		{"haproxy.yaml", "secure/secure", nil},
		{"nginx.yaml", "safe/stock", []string{"frozen", "reset-mid-body", "error-500"}},
		{"haproxy.yaml", "plain/plain", []string{"frozen", "reset-mid-body", "error-500"}},
	} {
		own := described(t, "languages", c.file)
		for id, says := range standIns {
			if c.few != nil && !slices.Contains(c.few, id) {
				continue
			}
			t.Run(c.setting+" "+id, func(t *testing.T) {
				t.Parallel()
				if err := own.Missing(); err != nil {
					t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
				}
				job := Job{Experiment: id, Gateway: own.Definition(), Setting: c.setting, Policy: &ours}
				v := RunOne(t.Context(), job, Options{})
				if v.Result != verdict.Pass || !strings.Contains(v.Observed, says) {
					t.Errorf("got %s: %s %s, want a pass: %s\n%s", v.Result.String(), v.Observed, v.Reason, says,
						strings.Join(v.Log, "\n"))
				}
			})
		}
	}
}

// TestWhatNoStandInSpeaks: what stays untried is a limit of ours, and is said to be one.
func TestWhatNoStandInSpeaks(t *testing.T) {
	t.Parallel()
	own := described(t, "languages", "nginx.yaml")
	if err := own.Missing(); err != nil {
		t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
	}
	for _, c := range []struct{ setting, experiment, says string }{
		{"fcgi/php", "bad-chunk-size", "this fault's stand-in server does not speak FastCGI yet"},
		{"call/cart", "close-mid-headers", "this fault's stand-in server does not speak HTTP/2 yet"},
		{"call/cart", "keepalive-mismatch", "this fault's stand-in server does not speak HTTP/2 yet"},
		{"safe/stock", "h2-upstream", "it does not speak HTTP/1 to the upstream"},
	} {
		t.Run(c.setting+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			job := Job{Experiment: c.experiment, Gateway: own.Definition(), Setting: c.setting}
			v := RunOne(t.Context(), job, Options{})
			if v.Result != verdict.Unsupported || !strings.Contains(v.Reason, c.says) {
				t.Errorf("got %s: %s, want unsupported: %s", v.Result.String(), v.Reason, c.says)
			}
		})
	}
}
