package runner

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// attempted is an experiment on a target of a gateway of the user's own, and what must come of it.
type attempted struct {
	setting, experiment string
	result              verdict.Result
	says                string // of what was observed, or of the reason
}

// passes lists experiments that pass, with what is observed in each.
func passes(setting, observed string, experiments ...string) (all []attempted) {
	for _, id := range experiments {
		all = append(all, attempted{setting, id, verdict.Pass, observed})
	}
	return all
}

// TestRoles surveys gateways whose upstreams have other roles than to serve, and breaks each of them: what follows is
// judged by the role.
func TestRoles(t *testing.T) {
	t.Parallel()
	sealed(t)
	nginx := []string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"}
	for folder, c := range map[string]struct {
		command   []string
		attempted [][]attempted
	}{
		// Nobody gets the answers to a copy.
		"nginx-mirror": {nginx, [][]attempted{
			passes("root/127.0.0.2:3000", "200 by upstream", "refused", "error-500", "short-chunked", "garbage"),
			passes("root/127.0.0.1:3000", "502 by gateway", "refused"),
		}},
		// What follows when nobody vouches is the gateway's own policy; of its answers nobody receives the body.
		"nginx-auth": {nginx, [][]attempted{
			passes("root-8080/vouch", "500 by gateway", "refused", "error-500", "garbage"),
			passes("root-8080/vouch", "403 by gateway", "upstream-403"),
			passes("root-8080/vouch", "200 by upstream", "two-content-lengths", "bare-lf-headers"),
			passes("root-8080/app", "502 by gateway", "refused"),
			passes("root-8081/vouch", "500 by gateway", "refused"),
			passes("root-8081/vouch", "200 by gateway", "latency-within-budget", "http-9.9"),
			{{"root-8080/vouch", "short-chunked", verdict.Unsupported, "nobody receives the body"}},
			{{"root-8080/vouch", "refused@balanced", verdict.Unsupported, "no other upstream"}},
		}},
		// One in reserve serves as well as the other.
		"nginx-backup": {nginx, [][]attempted{
			passes("root/127.0.0.1:3000", "200 by upstream", "refused", "close-after-request", "refused@balanced"),
			passes("root/127.0.0.2:3000", "200 by upstream", "refused", "error-500"),
			{{"root/127.0.0.2:3000", "refused@balanced", verdict.Unsupported, "no other upstream"}},
		}},
		// A page is no second delivery, and who wrote it did not write the answer.
		"nginx-error-page": {nginx, [][]attempted{
			passes("root-8080/10.1.1.1:3000", "502 by gateway", "refused", "close-after-request"),
			passes("root-8080/10.1.1.2:3000", "200 by upstream", "refused", "error-500"),
			passes("root-8081/10.1.1.3:3000", "502 by gateway", "refused", "close-after-request", "reset-after-request"),
		}},
		// Who writes no status can break no promise of one.
		"haproxy-tcp": {[]string{"haproxy", "-db", "-f", "haproxy.cfg"}, [][]attempted{
			passes("root/10.1.2.3:5432", "no answer: closed", "refused", "close-after-request"),
			passes("root/10.1.2.3:5432", "malformed answer", "garbage"),
			passes("root/10.1.2.3:5432", "500 by upstream", "error-500"),
		}},
		// Each of two workers keeps addresses by itself: when theirs are over, neither has one.
		"nginx-resolver": {nginx, [][]attempted{
			passes("root/shop", "502 by gateway", "dns-nxdomain", "dns-servfail", "dns-nodata"),
		}},
		// It asks who vouches without the client's nonce, and goes on with the addresses that it has.
		"envoy-roles": {[]string{"envoy", "-c", "envoy.yaml", "-l", "warn", "--use-dynamic-base-id"}, [][]attempted{
			passes("root/10.5.0.9:9000", "403 by gateway", "refused"),
			passes("root/10.5.0.9:9000", "403 by upstream", "upstream-403"),
			passes("copied/10.5.0.2:3000", "200 by upstream", "refused", "garbage"),
			passes("spared/10.5.0.4:3000", "200 by upstream", "refused"),
			{{"root/shop", "dns-servfail", verdict.Unsupported, "still had the upstream's address"}},
		}},
		"caddy-roles": {[]string{"caddy", "run", "--config", "Caddyfile"}, [][]attempted{
			passes("root-8080/10.3.0.1:3000", "502 by gateway", "refused", "reset-after-request"),
			passes("root-8080/10.3.0.9:9000", "502 by gateway", "refused"),
			passes("root-8080/10.3.0.9:9000", "403 by gateway", "upstream-403"), // With a page.
			passes("root-8080/10.3.0.2:3000", "200 by upstream", "refused"),
			passes("root-8081/10.3.0.3:3000", "200 by upstream", "refused", "refused@balanced"),
		}},
		"traefik-roles": {[]string{"traefik", "--configFile=traefik.yaml"}, [][]attempted{
			passes("vouched/10.4.0.9:9000", "500 by gateway", "refused"),
			passes("copied/10.4.0.2:3000", "200 by upstream", "refused", "short-chunked"),
			passes("spared/10.4.0.5:3000", "200 by upstream", "refused"),
		}},
		"haproxy-backup": {[]string{"haproxy", "-db", "-f", "haproxy.cfg"}, [][]attempted{
			passes("root/10.1.2.2:3000", "200 by upstream", "refused", "error-500"),
		}},
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			tryRoles(t, folder, c.command, c.attempted)
		})
	}
}

// tryRoles surveys the gateway of the folder below the survey's testdata, and makes the experiments.
func tryRoles(t *testing.T, folder string, command []string, groups [][]attempted) {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "survey", "testdata", folder))
	if err != nil {
		t.Fatal(err)
	}
	own := gateway.Own{Name: command[0], Command: command, Dir: dir, Patience: gatewayfile.Patience}
	if err := own.Missing(); err != nil {
		t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, command[0])
	}
	found, err := Survey(t.Context(), own, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := policy.GatewayError()
	for _, group := range groups {
		for _, c := range group {
			t.Run(c.setting+" "+c.experiment, func(t *testing.T) {
				t.Parallel()
				v := RunOne(t.Context(), Job{
					Experiment: c.experiment, Gateway: found.Own.Definition(), Setting: c.setting, Policy: &p,
				}, Options{})
				if said := v.Observed + " " + v.Reason; v.Result != c.result || !strings.Contains(said, c.says) {
					t.Errorf("got %s: %s, want %s: %s\n%s", v.Result.String(), said, c.result.String(), c.says,
						strings.Join(v.Log, "\n"))
				}
			})
		}
	}
}
