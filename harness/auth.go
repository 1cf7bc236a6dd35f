package harness

import (
	"io"
	"net"
	"net/http"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/strain"
)

// People, by the cookie that they are known by to the service that the gateway asks, and to nobody else.
var (
	// Alice may pass.
	Alice = client.Field{Name: "Cookie", Value: "session=alice"}
	// Mallory may not.
	Mallory = client.Field{Name: "Cookie", Value: "session=mallory"}
)

// refusalPage is the page of the service's refusal: as services of this kind do, it says what happened, and gateways that pass it on need no page of their own.
const refusalPage = "<!doctype html>\n<title>403 Forbidden</title>\n<h1>Access denied</h1>\n<p>You are not allowed to see this page.</p>\n"

// startAuth starts the service that says who may pass: 200, the one yes that every gateway understands (Envoy takes any other status for a no), or 403. It is no
// upstream: it stamps nothing, and what it is asked is not counted.
func (b *Bench) startAuth() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(Mallory.Name) == Mallory.Value {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, refusalPage)
		}
	})}
	go func() { _ = s.Serve(strain.Listener{Listener: l}) }()
	b.atClose(func() { _ = s.Close() })
	b.Auth, err = b.newLink(b.Plan.Auth, l.Addr().String())
	return err
}
