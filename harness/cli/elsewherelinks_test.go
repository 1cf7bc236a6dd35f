package cli

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestElsewhereBehindTLS has a link on which nothing can be read: what cannot be told there is not told.
func TestElsewhereBehindTLS(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewUnstartedServer(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("paid\n")) }),
	)
	upstream.Config.ErrorLog = log.New(io.Discard, "", 0)
	upstream.StartTLS()
	t.Cleanup(upstream.Close)
	at := port(t)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: at})
	proxy.Transport = &http.Transport{
		TLSClientConfig:       &tls.Config{InsecureSkipVerify: true},
		ResponseHeaderTimeout: 5 * time.Second,
		DisableKeepAlives:     true,
	}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	gateway := httptest.NewServer(proxy)
	t.Cleanup(gateway.Close)
	s := &street{url: gateway.URL, links: []string{"--link", "pay=" + at + "->" + upstream.Listener.Addr().String()}}
	all, o := s.try(t, "--only", "refused,close-after-request,close-mid-body")
	o.is(t, statusHolds)
	for id, want := range map[string]verdict.Result{
		"refused": verdict.Pass, "close-after-request": verdict.Pass, "close-mid-body": verdict.Unsupported,
	} {
		if v := all["root/pay "+id]; v.Result != want {
			t.Errorf("%s: got %s (%s), want %s", id, v.Result.String(), v.Reason, want.String())
		}
	}
	v := all["root/pay refused"]
	if said := strings.Join(
		v.Unchecked,
		"\n",
	); !strings.Contains(said, "how often a request reached pay") ||
		strings.Contains(strings.Join(names(v), " "), check.PostOnce.ID) {
		t.Errorf(
			"got %q unchecked and the checks %v, want it said that requests could not be counted, and not counted",
			said,
			names(v),
		)
	}
}

func names(v verdict.Verdict) []string {
	all := []string{}
	for _, c := range v.Checks {
		all = append(all, c.Name)
	}
	return all
}

// TestElsewhereOnNginx tries a real gateway, which somebody else has started.
func TestElsewhereOnNginx(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("unsupported: nginx is not installed; to get it: ci/gateways nginx")
	}
	t.Parallel()
	s := newStreet(t, func(t *testing.T, s *street) {
		at, dir := port(t), t.TempDir()
		s.url = "http://" + at
		conf := strings.NewReplacer("DIR", dir, "AT", at, "ORDERS", s.orders, "USERS", s.users).Replace(nginx)
		if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(conf), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "nginx", "-p", dir, "-e", "stderr", "-c", "nginx.conf")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() })
	})
	config := filepath.Join(t.TempDir(), "toxiproxy.json")
	all, o := s.try(
		t,
		"--file",
		file(t, theirs),
		"--only",
		"refused,reset-after-request,close-mid-body,admin",
		"--setting",
		"orders/orders",
		"--write-toxiproxy-config",
		config,
	)
	o.is(t, statusHolds)
	if v := all["orders/orders admin"]; v.Observed != "403 by gateway" {
		t.Errorf("got %s (%s), want 403 by gateway", v.Observed, v.Reason)
	}
	s.links = []string{"--toxiproxy-config", config}
	all, o = s.try(t, "--only", "refused")
	o.is(t, statusHolds)
	if v := all["root/orders refused"]; v.Result != verdict.Pass ||
		!strings.Contains(v.Replay, "--toxiproxy-config "+config) {
		t.Errorf(
			"got %s (%s) to be replayed by %s, want a pass with the links of %s",
			v.Result.String(),
			v.Reason,
			v.Replay,
			config,
		)
	}
}

// nginx is a configuration for a machine on which others run, too: nothing outside DIR is written, and no user is
// changed to who may not go there.
const nginx = `
daemon off; master_process off; pid DIR/nginx.pid; error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
	uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
	proxy_read_timeout 5s;
	server {
		listen AT;
		location / { proxy_pass http://ORDERS; }
		location /users/ { proxy_pass http://USERS; }
		location /admin { deny all; }
	}
}
`
