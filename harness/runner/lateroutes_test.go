package runner

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/verdict"
)

// routesLate is a gateway that has its routes two seconds after it listens, and one listener with an answer of its own
// before.
const routesLate = `
import http.server as h, threading, time, urllib.request, urllib.error
begin = time.time()
class Own(h.BaseHTTPRequestHandler):
  def do_GET(self): self.reply(200, {}, b"administration")
  def reply(self, status, fields, body):
    self.send_response(status)
    for name, value in fields.items():
      if name.lower() not in ("connection", "content-length", "date", "server"): self.send_header(name, value)
    self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
class Gateway(Own):
  protocol_version = "HTTP/1.1"
  def do_GET(self):
    if time.time() < begin + 2: return self.reply(404, {}, b"no route")
    try:
      nonce = {"Gatequake-Nonce": self.headers.get("Gatequake-Nonce", "")}
      r = urllib.request.urlopen(urllib.request.Request("http://10.1.1.1:9000" + self.path, headers=nonce), timeout=5)
      self.reply(r.status, dict(r.headers), r.read())
    except urllib.error.HTTPError as e: self.reply(e.code, dict(e.headers), e.read())
    except OSError: self.reply(502, {"Cache-Control": "no-store"}, b"bad gateway")
threading.Thread(target=h.ThreadingHTTPServer(("", 9901), Own).serve_forever).start()
h.ThreadingHTTPServer(("", 8080), Gateway).serve_forever()
`

// TestRoutesMayComeLate surveys a gateway whose routes are not there yet when it listens, and breaks its upstream while
// it starts: its 404 before is no answer to the fault.
func TestRoutesMayComeLate(t *testing.T) {
	t.Parallel()
	sealed(t)
	own := gateway.Own{
		Name: "late", Command: []string{"python3", "-c", routesLate}, Dir: t.TempDir(), Patience: gatewayfile.Patience,
	}
	if err := own.Missing(); err != nil {
		t.Skipf("unsupported: %v", err)
	}
	found, err := Survey(t.Context(), own, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const setting = "root-8080/10.1.1.1:9000"
	if _, err := found.Own.Target(setting); err != nil {
		t.Fatalf("%v, want the upstream that is there once the routes are", err)
	}
	begin := time.Now()
	v := RunOne(t.Context(), Job{Experiment: "refused@cold", Gateway: found.Own.Definition(), Setting: setting}, Options{})
	if said := v.Observed + " " + v.Reason; v.Result != verdict.Pass || !strings.Contains(said, "502 by gateway") {
		t.Errorf("got %s: %s after %s, want a pass: 502 by gateway\n%s", v.Result.String(), said, time.Since(begin),
			strings.Join(v.Log, "\n"))
	}
}
