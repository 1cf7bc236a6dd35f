package upstream

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/strain"
)

// HTTP2 is a server that speaks HTTP/2 in plain text to those who know that beforehand, and nothing else. Close
// it when done.
type HTTP2 struct {
	*Relay
	server *http.Server
	ended  chan struct{}
}

// goAway are the two frames with which an HTTP/2 server meets what is no HTTP/2: its empty SETTINGS, with which
// it begins whatever comes, and GOAWAY with PROTOCOL_ERROR (RFC 9113, sections 3.4 and 6.8).
var goAway = []byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00" + "\x00\x00\x08\x07\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00" + "\x00\x00\x00\x01")

// HTTP2Only returns an HTTP2 at listen. It answers every request with a stamped 200. A client that begins with
// anything but the preface of HTTP/2 gets GOAWAY and the end of the connection. With secure all that is inside TLS.
func HTTP2Only(listen string, secure *tls.Config) (*HTTP2, error) {
	tcp, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("start HTTP/2 upstream: %w", err)
	}
	l := net.Listener(tcp)
	if secure != nil {
		l = tls.NewListener(tcp, secure)
	}
	// The server itself stands behind, on a port of its own: net/http does not say what it makes of a wrong preface.
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("start HTTP/2 upstream: %w", err)
	}
	h := &HTTP2{ended: make(chan struct{})}
	h.server = &http.Server{
		Handler: http.HandlerFunc(answerStamped), Protocols: new(http.Protocols),
		ReadHeaderTimeout: handshakeTimeout,
	}
	h.server.Protocols.SetUnencryptedHTTP2(true)
	go func() {
		defer close(h.ended)
		if err := h.server.Serve(strain.Listener{Listener: behind}); !errors.Is(err, http.ErrServerClosed) {
			_ = behind.Close()
		}
	}()
	h.Relay = relay(l, behind.Addr().String(), prefaced)
	return h, nil
}

// Close ends the server and everything of it.
func (h *HTTP2) Close() error {
	err := h.Relay.Close()
	_ = h.server.Close()
	<-h.ended
	return err
}

// prefaced admits a client that begins as HTTP/2 does, and tells any other to go away.
func prefaced(in *bufio.Reader, out io.Writer) bool {
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	for n := range len(preface) {
		start, err := in.Peek(n + 1)
		if err != nil {
			return false
		}
		if start[n] != preface[n] {
			_, _ = out.Write(goAway)
			return false
		}
	}
	return true
}

func answerStamped(w http.ResponseWriter, r *http.Request) {
	nonce := r.Header.Get(stamp.Nonce)
	w.Header().Set(stamp.Origin, "upstream")
	w.Header().Set(stamp.Answer, nonce)
	_, _ = w.Write(stamp.Body("upstream", nonce))
}
