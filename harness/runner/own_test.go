package runner

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// sealed skips the test where worlds have no namespaces.
func sealed(t *testing.T) {
	t.Helper()
	if mode, err := world.Detect(); err != nil || mode == world.Portable {
		t.Skipf("unsupported: a gateway with its own configuration needs namespaces: %v", err)
	}
}

// described is the gateway of the user's own that the file below testdata describes.
func described(t *testing.T, folder, file string) gateway.Own {
	t.Helper()
	sealed(t)
	dir, err := filepath.Abs(filepath.Join("testdata", folder))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	own, err := gatewayfile.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	own.Dir = dir
	return own
}

// TestBystanderNeedsItsOwnWay: of two upstreams that share a host or a nameserver, a fault of the one's port spares the
// other, and one of what they share is not the gateway's doing.
func TestBystanderNeedsItsOwnWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ folder, file, setting, experiment, unchecked string }{
		{"shared", "host.yaml", "a/a", "firewall-drop", ""},
		{"shared", "host.yaml", "a/a", "packet-loss-total", ""},
		{"shared", "host.yaml", "a/a", "firewall-drop-established", ""},
		{"shared", "host.yaml", "a/a", "no-route", "the host's address"},
		{"shared", "host.yaml", "a/a", "link-down", "the host's address"},
		{"shared-nginx", "host.yaml", "a/a", "firewall-drop", ""},
		{"shared-nginx", "nameserver.yaml", "one/one", "dns-nxdomain", ""},
		{"shared-nginx", "nameserver.yaml", "one/one", "dns-truncated", ""},
		{"shared-nginx", "nameserver.yaml", "one/one", "firewall-blocks-dns", "the nameserver"},
	} {
		t.Run(c.folder+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			own := described(t, c.folder, c.file)
			if err := own.Missing(); err != nil {
				t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, own.Command[0])
			}
			v := RunOne(
				t.Context(),
				Job{Experiment: c.experiment, Gateway: own.Definition(), Setting: c.setting},
				Options{},
			)
			said := strings.Join(v.Unchecked, "; ")
			if v.Result != verdict.Pass || !strings.Contains(said, c.unchecked) ||
				(said == "") != (c.unchecked == "") {
				t.Errorf(
					"got %s: %s, unchecked %q; want a pass, unchecked what needs %q",
					v.Result.String(),
					v.Reason,
					said,
					c.unchecked,
				)
			}
		})
	}
}

// TestClientsOfEitherFamily: a gateway is started anew, and waited for, where the probe's own client connects.
func TestClientsOfEitherFamily(t *testing.T) {
	t.Parallel()
	for _, listeners := range [][]string{{"0.0.0.0:8080"}, {"[::]:8080"}, {"0.0.0.0:8080", "[::]:8080"}} {
		own := described(t, "shared", "over6.yaml")
		own.Listeners = nil
		for _, at := range listeners {
			own.Listeners = append(
				own.Listeners,
				gateway.Listener{At: netip.MustParseAddrPort(at), Speaks: gateway.SpeaksHTTP},
			)
		}
		for _, setting := range []string{"over4/a", "over6/a"} {
			for _, id := range []string{"refused", "refused@cold", "firewall-drop@cold"} {
				t.Run(fmt.Sprint(listeners, " ", setting, " ", id), func(t *testing.T) {
					t.Parallel()
					v := RunOne(t.Context(), Job{Experiment: id, Gateway: own.Definition(), Setting: setting}, Options{})
					if v.Result != verdict.Pass || v.Observed != "502 by gateway" {
						t.Errorf(
							"got %s: %s %s, want a pass: 502 by gateway",
							v.Result.String(),
							v.Observed,
							v.Reason,
						)
					}
				})
			}
		}
	}
}

// TestUpstreamOverIPv6 holds the faults that are made or proved in another way over IPv6.
func TestUpstreamOverIPv6(t *testing.T) {
	t.Parallel()
	own := described(t, "shared", "upstream6.yaml")
	for _, id := range []string{
		"refused", "firewall-drop@pooled", "firewall-drop-replies", "firewall-reject-admin", "packet-loss-30", "no-route",
		"stale-pooled-connection",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			v := RunOne(t.Context(), Job{Experiment: id, Gateway: own.Definition(), Setting: "six/six"}, Options{})
			if v.Result != verdict.Pass {
				t.Errorf("got %s: %s %s, want a pass", v.Result.String(), v.Observed, v.Reason)
			}
		})
	}
}

// TestOwnGateway tries the built-in gateway with a configuration of its own in every way in which an upstream is
// reached.
func TestOwnGateway(t *testing.T) {
	t.Parallel()
	own := described(t, "own", "gatequake.yaml")
	for _, c := range []struct {
		setting, experiment string
		result              verdict.Result
		says                string // of what was observed, or of the reason
	}{
		{"root/shop", "refused", verdict.Pass, "502 by gateway"},
		{"root/shop", "refused@cold", verdict.Pass, "502 by gateway"},
		{"root/shop", "reset-after-request", verdict.Pass, "502 by gateway"},
		{"root/shop", "firewall-drop-replies", verdict.Pass, "502 by gateway"},
		{"root/shop", "error-500", verdict.Pass, "500 by upstream"},
		{"root/shop", "no-route", verdict.Unsupported, "the gateway's own host"},
		{"root/shop", "wrong-port", verdict.Unsupported, "your own is not touched"},
		{"root/shop", "dns-nxdomain", verdict.Unsupported, "not looked up by a name"},
		{"root/shop", "certificate-expired", verdict.Unsupported, "without TLS"},
		{"api/api", "dns-nxdomain", verdict.Pass, "502 by gateway"},
		{"api/api", "no-route", verdict.Pass, "502 by gateway"},
		{"api/api", "firewall-reject-admin", verdict.Pass, "502 by gateway"},
		{"pay/pay", "certificate-untrusted", verdict.Pass, "502 by gateway"},
		{"pay/pay", "garbage", verdict.Pass, "502 by gateway"},
		{"pay/pay", "frozen", verdict.Pass, "by gateway"},
		{"call/cart", "frozen", verdict.Pass, "by gateway"},
		{"call/cart", "crash-after-headers", verdict.Pass, "cut"},
		{"unix/app", "unix-socket-missing", verdict.Pass, "502 by gateway"},
		{"unix/app", "refused", verdict.Unsupported, "through a Unix socket"},
		{"chat/shop", "error-500", verdict.Pass, "500 by upstream"},
		{"chat/shop", "websocket-upstream-refused", verdict.Pass, "502 by gateway"},
		{"chat/shop", "websocket-cut", verdict.Pass, "101 by upstream, cut"},
		{"chat/shop", "grpc-upstream-refused", verdict.Unsupported, "protocol: grpc"},
		{"root/shop", "websocket-cut", verdict.Unsupported, "protocol: websocket"},
		{"h2/shop", "refused", verdict.Pass, "502 by gateway"},
		{"h2/shop", "reset-mid-body", verdict.Pass, "cut"},
		{"old/shop", "refused", verdict.Pass, "502 by gateway"},
		{"call/cart", "grpc-upstream-refused", verdict.Pass, "502 by gateway"},
		{"call/cart", "h2-upstream-rst-stream", verdict.Pass, "502 by gateway"},
		{"call/cart", "dns-nxdomain", verdict.Pass, "502 by gateway"},
		{"pool/cart", "refused", verdict.Pass, " by "}, // Whoever's turn it is.
		{"pool/stock", "refused", verdict.Pass, " by "},
		{"root/shop", "admin", verdict.Pass, "403 by gateway"},
		{"root/shop", "admin+refused", verdict.Pass, "403 by gateway"},
		{"root/shop", "admin+silent-after-accept", verdict.Pass, "403 by gateway"},
		{"root/shop", "admin+accept-queue-full", verdict.Pass, "403 by gateway"},
		{"root/shop", "banned", verdict.Pass, "403 by gateway"},
		{"root/shop", "banned+silent-after-accept", verdict.Pass, "403 by gateway"},
		{"root/shop", "not-blocked", verdict.Fail, "200 by upstream"},
	} {
		t.Run(c.setting+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			v := RunOne(
				t.Context(),
				Job{Experiment: c.experiment, Gateway: own.Definition(), Setting: c.setting},
				Options{},
			)
			if said := v.Observed + " " + v.Reason; v.Result != c.result || !strings.Contains(said, c.says) {
				t.Errorf(
					"got %s: %s, want %s: %s\n%s",
					v.Result.String(),
					said,
					c.result.String(),
					c.says,
					strings.Join(v.Log, "\n"),
				)
			}
		})
	}
}

// TestOwnBlocksAreTriedAsOthers: the blocks of a file are tried with whom they refuse claiming to be another, with a
// POST, and with an upstream that is waited for.
func TestOwnBlocksAreTriedAsOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mutant     mutants.Mutant
		experiment string
		broken     []string
	}{
		{mutants.TrustsForwardedFor, "banned", []string{check.Status.ID, check.NotAsked.ID, check.LetIn.ID}},
		{mutants.LetsPostsIn, "banned", []string{check.Status.ID, check.NotAsked.ID}},
		{mutants.LetsPostsIn, "admin", []string{check.Status.ID, check.NotAsked.ID}},
		{mutants.BlockYields, "admin+silent-after-accept", []string{check.Status.ID}},
	} {
		t.Run(c.mutant.Name+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			own := described(t, "own", "gatequake.yaml")
			own.Command = []string{"@" + mutants.Role, c.mutant.Name, "gateway.json"}
			v := RunOne(
				t.Context(),
				Job{Experiment: c.experiment, Gateway: own.Definition(), Setting: "root/shop"},
				Options{},
			)
			if !slices.Equal(v.Broken(), c.broken) {
				t.Errorf(
					"got %s: %s %s, broken %v; want %v",
					v.Result.String(),
					v.Observed,
					v.Reason,
					v.Broken(),
					c.broken,
				)
			}
		})
	}
}

// TestOwnGatewayAfterASurvey tries gateways with configurations of the kind that people run, and with nothing else to
// go by.
func TestOwnGatewayAfterASurvey(t *testing.T) {
	t.Parallel()
	sealed(t)
	for _, c := range []struct {
		folder, setting, experiment string
		command                     []string
		result                      verdict.Result
		says                        string
	}{
		// It listens on every address of port 80, and this upstream is at port 80 too: two machines.
		{
			"nginx-microservices", "orders/orders-1", "refused",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "200 by upstream",
		},
		{
			"nginx-microservices", "pay/payments", "certificate-expired",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Fail, "200 by upstream",
		},
		// On its own loopback, which no other IPv6 address can reach.
		{
			"nginx-ipv6", "sidecar-8080/[::1]:9000", "refused",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "502 by gateway",
		},
		// Wrong over one family alone.
		{
			"nginx-families", "root-80/10.1.1.1:3000", "refused",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "502 by gateway",
		},
		{
			"nginx-families", "root-80-ipv6/10.1.1.1:3000", "refused",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Fail, "200 by gateway",
		},
		{
			"nginx-families", "root-8082/10.1.1.2:3000", "refused@cold",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "502 by gateway",
		},
		// A GET goes to the other member.
		{
			"nginx-microservices", "orders/orders-1", "refused@balanced",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "200 by upstream",
		},
		{
			"nginx-own-ca", "root/ledger", "certificate-untrusted",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"},
			verdict.Pass, "502 by gateway",
		},
		// It goes into the background by itself.
		{
			"nginx-php-fpm", "root/gatequake-fpm", "unix-socket-missing",
			[]string{"nginx", "-p", ".", "-c", "nginx.conf"},
			verdict.Pass, "502 by gateway",
		},
		{
			"envoy-http2", "root/10.7.7.7:50051", "h2-upstream-refused",
			[]string{"envoy", "-c", "envoy.yaml", "-l", "warn", "--use-dynamic-base-id"},
			verdict.Fail,
			"503 by gateway",
		},
		{
			"caddy-tls", "shop.example.com-root-443/web", "refused",
			[]string{"caddy", "run", "--config", "Caddyfile"},
			verdict.Pass, "502 by gateway",
		},
		{
			"haproxy-checks", "api/api", "refused",
			[]string{"haproxy", "-f", "haproxy.cfg"},
			verdict.Fail,
			"503 by gateway",
		},
	} {
		t.Run(c.folder+" "+c.setting+" "+c.experiment, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.Abs(filepath.Join("..", "survey", "testdata", c.folder))
			if err != nil {
				t.Fatal(err)
			}
			own := gateway.Own{Name: c.command[0], Command: c.command, Dir: dir, Patience: gatewayfile.Patience}
			if err := own.Missing(); err != nil {
				t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, c.command[0])
			}
			found, err := Survey(t.Context(), own, Options{})
			if err != nil && os.Geteuid() != 0 && strings.Contains(err.Error(), "/var/") &&
				strings.Contains(err.Error(), "ermission denied") {
				t.Skip("unsupported: it writes below /var, where only root may")
			}
			if err != nil {
				t.Fatal(err)
			}
			v := RunOne(
				t.Context(),
				Job{Experiment: c.experiment, Gateway: found.Own.Definition(), Setting: c.setting},
				Options{},
			)
			if said := v.Observed + " " + v.Reason; v.Result != c.result || !strings.Contains(said, c.says) {
				t.Errorf(
					"got %s: %s, want %s: %s\n%s",
					v.Result.String(),
					said,
					c.result.String(),
					c.says,
					strings.Join(v.Log, "\n"),
				)
			}
		})
	}
}

// TestSurveySaysWhyNot holds the error of a gateway that cannot be tried.
func TestSurveySaysWhyNot(t *testing.T) {
	t.Parallel()
	sealed(t)
	own := gateway.Own{Name: "false", Command: []string{"false"}, Dir: t.TempDir()}
	if _, err := Survey(t.Context(), own, Options{}); !errors.Is(err, survey.ErrNotTryable) {
		t.Errorf("got %v, want one that wraps ErrNotTryable", err)
	}
}

// TestScratchIsToldWithAndWithoutASurvey holds that a run by a file warns of the same folders as a survey does.
func TestScratchIsToldWithAndWithoutASurvey(t *testing.T) {
	t.Parallel()
	sealed(t)
	bare, err := ReadOnlyFolders(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, _ := Survey(
		t.Context(),
		gateway.Own{Name: "false", Command: []string{"false"}, Dir: t.TempDir()},
		Options{},
	)
	if told := slices.Contains(found.Warnings, survey.ReadOnlyHere(bare)); told != (len(bare) > 0) {
		t.Errorf("got %v from the survey, want that it tells of %v, if of anything", found.Warnings, bare)
	}
}
