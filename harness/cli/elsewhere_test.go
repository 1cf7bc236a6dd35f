package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/self"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/verdict"
)

// street is two upstreams, and a gateway that dials them at addresses where our links shall listen.
type street struct {
	url           string
	orders, users string   // the links
	posts         *int32   // how many POSTs reached the upstreams
	links         []string // the flags
}

// port finds a free one, below those that the system takes for connections of its own.
func port(t *testing.T) string {
	t.Helper()
	const first, count = 3000, 6000
	for range count {
		at := fmt.Sprintf("127.0.0.1:%d", first+(os.Getpid()*16+int(ports.Add(1)))%count)
		if l, err := net.Listen("tcp", at); err == nil {
			_ = l.Close()
			return at
		}
	}
	t.Fatal("got no free port")
	return ""
}

var ports atomic.Int32

// newStreet starts the upstreams, and the gateway with gateway.
func newStreet(t *testing.T, gateway func(*testing.T, *street)) *street {
	t.Helper()
	s := &street{orders: port(t), users: port(t), posts: new(int32)}
	for _, l := range []struct{ name, at string }{{"orders", s.orders}, {"users", s.users}} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				atomic.AddInt32(s.posts, 1)
			}
			// More than a gateway holds back, so that half of it can be seen to be half.
			page := strings.Repeat(fmt.Sprintf("%s has something for %s\n", l.name, r.URL.Path), 1<<10)
			if r.URL.Path != "/chunked" {
				w.Header().Set("Content-Length", strconv.Itoa(len(page)))
			}
			_, _ = io.WriteString(w, page)
		}))
		t.Cleanup(upstream.Close)
		s.links = append(s.links, "--link", fmt.Sprintf("%s=%s->%s", l.name, l.at, upstream.Listener.Addr()))
	}
	gateway(t, s)
	return s
}

// builtIn starts the built-in gateway as it would be elsewhere: a process of its own, and no world.
func builtIn(t *testing.T, s *street) {
	at := port(t)
	s.url = "http://" + at
	file := filepath.Join(t.TempDir(), "gateway.json")
	text := fmt.Sprintf(
		`{"listen": %q, "connect_timeout": "5s", "response_timeout": "5s", "deny": {"paths": ["/admin"]},
		"routes": [{"prefix": "/", "url": "http://%s"}, {"prefix": "/users/", "url": "http://%s"}]}`,
		at,
		s.orders,
		s.users,
	)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := self.Command(t.Context(), "builtin", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// theirs says what the street's gateway is asked for: POST too, and what it must refuse.
const theirs = `
name: street
patience: 6s
probes:
  - {name: orders, url: "http://shop.test/", methods: [GET, POST], upstreams: [orders]}
  - {name: users, url: "http://shop.test/users/"}
  - {name: chunked, url: "http://shop.test/chunked"}
blocks:
  - {name: admin, url: "http://shop.test/admin"}
`

// try runs the experiments on the street's gateway, and returns the verdicts by setting and ID.
func (s *street) try(t *testing.T, args ...string) (map[string]verdict.Verdict, outcome) {
	t.Helper()
	args = append(append([]string{"run", "--json", "--report", t.TempDir(), "--url", s.url}, s.links...), args...)
	o := gatequake(args...)
	doc := struct{ Experiments []verdict.Verdict }{}
	if err := json.Unmarshal([]byte(o.out), &doc); err != nil {
		t.Fatalf("got %v of %q and %q", err, o.out, o.err)
	}
	all := map[string]verdict.Verdict{}
	for _, v := range doc.Experiments {
		all[v.Setting+" "+v.ID] = v
	}
	return all, o
}

// file writes the file that describes the gateway.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "gatequake.yaml")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	s := newStreet(t, builtIn)
	all, o := s.try(t, "--file", file(t, theirs), "--setting", "orders/orders")
	o.is(
		t,
		statusHolds,
		"Probe orders: http://shop.test/ is 200, by way of orders",
		"users at "+s.users,
		"The links are gone: orders at "+s.orders,
	)
	for _, e := range append(catalog.OwnExperiments(), catalog.Experiment{ID: "admin"}, catalog.Experiment{ID: "admin+refused"}) {
		if e.State == site.Balanced {
			continue // There is no pool.
		}
		v := all["orders/orders "+e.ID]
		want := verdict.Pass
		if e.Fault != nil && (e.Fault.ByLink == nil || e.State != site.Warm || e.ID == "short-chunked") {
			want = verdict.Unsupported
		}
		if v.Result != want && e.State != site.Pooled || v.World != "elsewhere" ||
			len(v.Unchecked) == 0 && want == verdict.Pass {
			t.Errorf("%s: got %s in %q (%s), want %s", e.ID, v.Result.String(), v.World, v.Reason, want.String())
		}
	}
	if chunked, _ := s.try(
		t,
		"--file",
		file(t, theirs),
		"--setting",
		"chunked/orders",
		"--only",
		"short-chunked",
	); chunked["chunked/orders short-chunked"].Result != verdict.Pass {
		t.Errorf("got %+v, want it to pass where there are chunks", chunked)
	}
	if v := all["orders/orders refused"]; v.Observed != "502 by gateway" ||
		!strings.Contains(v.Evidence, "refused") ||
		v.RecoveryMS < 0 {
		t.Errorf("got %+v, want a 502 by the gateway, proved, and recovered from", v)
	}
	if atomic.LoadInt32(s.posts) == 0 {
		t.Error("got no POST at the upstream, want those that the file asks for")
	}
	if l, err := net.Listen("tcp", s.orders); err != nil {
		t.Errorf("got %v, want the link's address free again", err)
	} else {
		_ = l.Close()
	}
}

func TestElsewhereSendsNoPostUnasked(t *testing.T) {
	t.Parallel()
	s := newStreet(t, inProcess(right))
	dir := t.TempDir()
	all, o := s.try(t, "--cause", "network,block", "--report", dir)
	o.is(t, statusHolds)
	results := filepath.Join(dir, "results.json")
	gatequake("report", results, "--format", "matrix").is(t, statusHolds, "refused")
	gatequake("diff", results, results).is(t, statusHolds)
	gatequake(
		"replay",
		results+"#refused",
	).is(
		t,
		statusUsage,
		"was run on a gateway of your own",
		"run: gatequake run --setting root/orders --only refused --url "+s.url,
	)
	if v := all["root/orders close-after-request"]; v.Result != verdict.Pass || atomic.LoadInt32(s.posts) != 0 {
		t.Errorf(
			"got %s (%s) and %d POSTs at the upstream, want a pass without any",
			v.Result.String(),
			v.Reason,
			atomic.LoadInt32(s.posts),
		)
	}
}
