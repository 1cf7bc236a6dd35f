package upstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/strain"
)

// HTTP2Origin is a server of HTTP/2 in plain text, for those who know that beforehand: it answers every request
// with a stamped 200, and a call of gRPC with what it was called with and the status OK. Close it when done.
type HTTP2Origin struct {
	Record

	listener net.Listener
	server   *http.Server
	ended    chan struct{}
}

// grpcType is how the content of a call of gRPC is called.
const grpcType = "application/grpc"

// connectionKey is where a request's context holds the number of its connection.
type connectionKey struct{}

// StartHTTP2 returns an HTTP2Origin that is already listening at listen; port 0 is a free one, Addr tells which.
func StartHTTP2(listen string) (*HTTP2Origin, error) {
	l, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("start HTTP/2 upstream: %w", err)
	}
	o := &HTTP2Origin{listener: l, ended: make(chan struct{})}
	o.server = &http.Server{
		Handler: http.HandlerFunc(o.answer), Protocols: new(http.Protocols), ReadHeaderTimeout: handshakeTimeout,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			id := o.Accepted() + 1 // Connections are accepted one after the other.
			o.note(event{Accepted: id})
			return context.WithValue(ctx, connectionKey{}, id)
		},
	}
	o.server.Protocols.SetUnencryptedHTTP2(true)
	go func() {
		defer close(o.ended)
		if err := o.server.Serve(strain.Listener{Listener: l}); !errors.Is(err, http.ErrServerClosed) {
			_ = l.Close()
		}
	}()
	return o, nil
}

// Addr returns the address the origin listens at, with its real port.
func (o *HTTP2Origin) Addr() string { return o.listener.Addr().String() }

// Close ends the origin and everything of it.
func (o *HTTP2Origin) Close() error {
	_ = o.server.Close()
	<-o.ended
	return nil
}

func (o *HTTP2Origin) answer(w http.ResponseWriter, r *http.Request) {
	id, _ := r.Context().Value(connectionKey{}).(int)
	o.note(event{Hit: http2Hit(id, r)})
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // Who asked is gone.
	}
	answerAs("http2", w, r, body)
}

// answerAs writes a stamped 200 in the name of an origin or, to a call of gRPC, what it was called with and the
// status OK.
func answerAs(name string, w http.ResponseWriter, r *http.Request, body []byte) {
	nonce := r.Header.Get(stamp.Nonce)
	w.Header().Set(stamp.Origin, name)
	w.Header().Set(stamp.Answer, nonce)
	w.Header().Set("Cache-Control", "no-store")
	if !strings.HasPrefix(r.Header.Get("Content-Type"), grpcType) {
		_, _ = w.Write(stamp.Body(name, nonce))
		return
	}
	w.Header().Set("Content-Type", grpcType)
	_, _ = w.Write(body)
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
}

func http2Hit(connection int, r *http.Request) *Hit {
	remote, _ := netip.ParseAddrPort(r.RemoteAddr)
	path := cmp.Or(r.RequestURI, r.URL.RequestURI()) // FastCGI has it in its parameters.
	return &Hit{
		Nonce: r.Header.Get(stamp.Nonce), Method: r.Method, Path: path, Host: r.Host, Header: r.Header.Clone(),
		Remote:     remote,
		Connection: connection, At: time.Now(),
	}
}
