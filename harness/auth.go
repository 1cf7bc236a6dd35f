package harness

import (
	"net"
	"net/http"

	"github.com/gatequake/gatequake/harness/client"
)

// People, by the cookie that they are known by to the service that the gateway asks, and to nobody else.
var (
	// Alice may pass.
	Alice = client.Field{Name: "Cookie", Value: "session=alice"}
	// Mallory may not.
	Mallory = client.Field{Name: "Cookie", Value: "session=mallory"}
)

// startAuth starts the service that says who may pass. It is no upstream: it stamps nothing, and what it is asked is not counted.
func (b *Bench) startAuth() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(Mallory.Name) == Mallory.Value {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = s.Serve(l) }()
	b.atClose(func() { _ = s.Close() })
	b.Auth, err = b.newLink(b.Plan.Auth, l.Addr().String())
	return err
}
