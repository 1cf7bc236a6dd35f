package survey_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"

	_ "github.com/gatequake/gatequake/harness/gateway/builtin"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// so that this binary can play it

var update = flag.Bool("update", false, "write testdata/*/map.txt anew")

// answer is what a world of this test says.
type answer struct {
	Found survey.Found
	Why   string
}

func TestMain(m *testing.M) {
	if world.Inside() {
		world.Serve(func(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
			var o gateway.Own
			if err := json.Unmarshal(request, &o); err != nil {
				return nil, err
			}
			found, err := survey.Run(ctx, w, o)
			if errors.Is(err, survey.ErrNotTryable) {
				return answer{found, err.Error()}, nil
			}
			return answer{Found: found}, err
		})
	}
	flag.Parse()
	os.Exit(m.Run())
}

// surveyed surveys the command in the folder, in the strongest world that there is. Where that has no namespaces
// there is nothing to test.
func surveyed(t *testing.T, dir string, command ...string) answer {
	t.Helper()
	mode, err := world.Detect()
	if err != nil || mode == world.Portable {
		t.Skipf("unsupported: a survey needs namespaces: %v", err)
	}
	o := gateway.Own{Name: filepath.Base(command[0]), Command: command, Dir: dir, Patience: time.Second}
	if err := o.Missing(); err != nil {
		t.Skipf("unsupported: %v; to get it: ci/gateways", err)
	}
	var a answer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := world.Run(ctx, world.Options{Mode: mode}, o, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestMaps surveys configurations of the kind that people run. map.txt is what is printed, but for the times.
func TestMaps(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("testdata/*/command")
	if err != nil || len(folders) < 12 {
		t.Fatalf("got %d configurations (%v), want 12 at least", len(folders), err)
	}
	took := regexp.MustCompile(`(?m)^\n.*, surveyed in .*$`)
	// How often a check came, and whether a second one had its time, is for the machine to say.
	when := regexp.MustCompile(`(?m)(alone|GET /\S*) +(every \S+|once|at start|\d+ times)$`)
	for _, file := range folders {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.Abs(filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Fields(strings.ReplaceAll(string(text), "@DIR@", dir))
			for i, w := range words {
				// Nginx -g takes a directive, which has a space in it.
				words[i] = strings.ReplaceAll(w, "_off;", " off;")
			}
			a := surveyed(t, dir, words...)
			if os.Geteuid() != 0 {
				if strings.Contains(a.Why, "chroot") {
					t.Skip("unsupported: only root may chroot")
				}
				if strings.Contains(a.Why, "/var/") && strings.Contains(a.Why, "ermission denied") {
					t.Skip("unsupported: it writes below /var, where only root may")
				}
				// Which folders of the machine's an unprivileged user may cover is no part of the map.
				a.Found.Warnings = slices.DeleteFunc(a.Found.Warnings, writtenForReal)
			}
			if a.Why != "" {
				t.Fatal(a.Why)
			}
			var got bytes.Buffer
			survey.Print(&got, a.Found)
			seen, golden := when.ReplaceAll(took.ReplaceAll(got.Bytes(), nil), []byte("$1 every so often")),
				filepath.Join(dir, "map.txt")
			if *update {
				if err := os.WriteFile(golden, seen, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || string(want) != string(seen) {
				t.Errorf("got %s\nwant %s\n%v\nits log: %s", seen, want, err, strings.Join(a.Found.Log, "\n"))
			}
		})
	}
}

// TestHopeless holds the messages for what cannot be tried.
func TestHopeless(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command []string
		want    string
	}{
		"ends at once": {
			[]string{"sh", "-c", "echo no such thing >&2; exit 3"},
			"it ended at once (exit status 3); it last said: no such thing",
		},
		"missing file": {
			[]string{"nginx", "-c", "/nowhere/nginx.conf"},
			`open() "/nowhere/nginx.conf" failed (2: No such file or directory)`,
		},
		"UDP only": {
			[]string{"python3", "-c", "import socket,time; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); " +
				"s.bind(('',5353)); time.sleep(60)"}, "it listens on UDP only ([0.0.0.0:5353])",
		},
		"missing file of a script": {
			[]string{"sh", "-c", "cat sites/absent.conf; exit 3"}, "sites/absent.conf (no such file, nor its folder /",
		},
		"never listens": {[]string{"sleep", "60"}, "it listened nowhere in "},
		"another user": {
			[]string{"nginx", "-c", "/dev/null", "-g", "daemon off; user nobody-is-called-so;"},
			"What to do: create the user (useradd --system nobody-is-called-so)",
		},
		"no such program": {
			// A folder of root's on the PATH makes a shell of another user's say something else.
			[]string{"env", "PATH=/usr/bin:/bin", "sh", "-c", "gateway-that-is-not-there"},
			"What to do: install it, or name it with its whole path",
		},
		"never answers": {
			[]string{
				"python3", "-c",
				"import socket,time; print('12 rules', flush=True); s=socket.create_server(('',6379)); time.sleep(60)",
			},
			"it listens at 0.0.0.0:6379, and never answers; it last said: 12 rules",
		},
		"speaks no HTTP": {
			[]string{
				"python3", "-c",
				"import socket\ns=socket.create_server(('',6379))\nwhile True: s.accept()[0].sendall(b'-ERR unknown\\r\\n')",
			},
			"none of its listeners speaks HTTP: 0.0.0.0:6379",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if os.Geteuid() != 0 && name == "another user" {
				t.Skip("unsupported: nginx looks for another user only where it is root, and may become him")
			}
			if a := surveyed(t, t.TempDir(), c.command...); !strings.Contains(a.Why, c.want) {
				t.Errorf("got %q, want %q in it", a.Why, c.want)
			}
		})
	}
}

// TestAbsentFiles looks in vain for a file that the command names, and for one that it does not.
func TestAbsentFiles(t *testing.T) {
	t.Parallel()
	serve := "import http.server as h\nfor f in ['named.list', 'not-' + 'named.list', 'there.list']:\n" +
		"  try: open(f)\n" +
		"  except OSError: pass\nh.HTTPServer(('', 8080), h.SimpleHTTPRequestHandler).serve_forever()"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "there.list"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	a := surveyed(t, dir, "python3", "-c", serve)
	if want := []string{filepath.Join(dir, "named.list")}; !slices.Equal(a.Found.MissingFiles, want) {
		t.Errorf("got %v (%s, %v), want %v", a.Found.MissingFiles, a.Why, a.Found.Warnings, want)
	}
}

// certificateLate is a server that redirects at port 80, and at port 443 turns handshakes down until it has a
// certificate, two seconds after its start.
const certificateLate = `
import http.server as h, ssl, threading, time
begin = time.time()
class Plain(h.BaseHTTPRequestHandler):
  def do_GET(self):
    self.send_response(308); self.send_header("Location", "https://shop.test/")
    self.send_header("Content-Length", "0"); self.end_headers()
class Secure(h.BaseHTTPRequestHandler):
  def do_GET(self):
    self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.load_cert_chain("pair.pem")
c.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_INTERNAL_ERROR if time.time() < begin + 2 else None
s = h.HTTPServer(("", 443), Secure)
s.socket = c.wrap_socket(s.socket, server_side=True)
threading.Thread(target=s.serve_forever).start()
h.HTTPServer(("", 80), Plain).serve_forever()
`

// TestCertificateMayComeLate waits for a gateway that makes its certificate itself, as Caddy does, though another
// listener of its has an answer already.
func TestCertificateMayComeLate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority, err := upstream.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := authority.Issue(upstream.Leaf{Names: []string{"shop.test"}})
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	pair := slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	if err := os.WriteFile(filepath.Join(dir, "pair.pem"), pair, 0o600); err != nil {
		t.Fatal(err)
	}
	a := surveyed(t, dir, "python3", "-c", certificateLate)
	speaks := []string{}
	for _, l := range a.Found.Own.Listeners {
		speaks = append(speaks, l.Speaks)
	}
	if want := []string{gateway.SpeaksHTTP, gateway.SpeaksHTTPS}; !slices.Equal(speaks, want) {
		t.Errorf("got %v (%s; %v), want %v", speaks, a.Why, a.Found.Log, want)
	}
}

// listensLate is a server whose administration listens at once, and the rest when it has looked up its upstream,
// a second and a half later.
const listensLate = `
import http.server as h, socket, threading, time
class Fine(h.BaseHTTPRequestHandler):
  def do_GET(self):
    self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
threading.Thread(target=h.HTTPServer(("", 9901), Fine).serve_forever).start()
time.sleep(1.5)
socket.gethostbyname("shop.internal")
h.HTTPServer(("", 8080), Fine).serve_forever()
`

// TestListenersMayComeLate waits for the listeners of a gateway of which so far none has asked an upstream, and
// takes what it looks up meanwhile for its start.
func TestListenersMayComeLate(t *testing.T) {
	t.Parallel()
	a := surveyed(t, t.TempDir(), "python3", "-c", listensLate)
	if len(a.Found.Own.Listeners) != 2 || len(a.Found.Names) != 1 || a.Found.Names[0].When != gateway.AtStart {
		t.Errorf("got %v and %v (%s), want two listeners, and a name that is looked up at start", a.Found.Own.Listeners,
			a.Found.Names, a.Why)
	}
}

// writtenForReal reports whether the warning is about folders that the machine does not let us cover.
func writtenForReal(warning string) bool { return strings.Contains(warning, "is written for real") }

// TestNothingIsWritten lets a gateway write where it may, and looks for it afterwards.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := surveyed(t, dir, "sh", "-c", "echo x >left-behind; rm kept; exit 1")
	if a.Why == "" {
		t.Error("got no error, want that it ended at once")
	}
	top, _, _ := strings.Cut(strings.TrimPrefix(dir, "/"), "/")
	for _, w := range a.Found.Warnings {
		if writtenForReal(w) &&
			slices.Contains(strings.FieldsFunc(w, func(r rune) bool { return r == ' ' || r == ',' }), "/"+top) {
			t.Skip("unsupported: ", w)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "left-behind")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want no file outside the world", err)
	}
}

// TestFormatIsReadAgain holds what is written against what reads it: nothing of it may be lost, and IPv6 has
// brackets that YAML has another use for.
func TestFormatIsReadAgain(t *testing.T) {
	t.Parallel()
	o := gateway.Own{
		Name: "edge", Command: []string{"nginx", "-g", "daemon off;"}, Patience: 3 * time.Second,
		Listeners: []gateway.Listener{
			{At: netip.MustParseAddrPort("[::]:80"), Speaks: gateway.SpeaksHTTP},
			{At: netip.MustParseAddrPort("10.0.0.1:443"), Speaks: gateway.SpeaksHTTPS},
		},
		Upstreams: []gateway.Upstream{
			{Name: "127.0.0.1:3000", Address: "127.0.0.1", Port: 3000, Speaks: "http"},
			{Name: "app", Socket: "/run/app.sock", Speaks: "fastcgi"},
			{
				Name: "api", Host: "api.internal", Port: 443, Speaks: "http", TLS: true, SNI: "api",
				Looked: gateway.AtRunTime,
			},
		},
		Probes: []gateway.Probe{{
			Name: "root", URL: "http://gateway.test/", Methods: []string{"GET"},
			Headers: map[string]string{"X-A": "b: c"}, Expect: gateway.Expect{Status: 200},
			Upstreams: []string{"app", "127.0.0.1:3000"},
		}},
	}
	text, err := survey.Format(survey.Found{Own: o, Warnings: []string{"a warning"}})
	if err != nil {
		t.Fatal(err)
	}
	again, err := gatewayfile.Parse("gatequake.yaml", text)
	if err != nil || !reflect.DeepEqual(again, o) {
		t.Errorf("got %+v (%v)\nwant %+v\n%s", again, err, o, text)
	}
}
