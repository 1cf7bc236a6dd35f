package upstream

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/strain"
)

// HTTP2Faulty is a server of HTTP/2, in plain text or inside TLS, that reads and records every request, and answers
// none: in its place comes a frame of another kind. Close it when done.
type HTTP2Faulty struct {
	Record

	listener *net.TCPListener
	tls      *tls.Config // nil: plain text
	instead  func(f *http2.Framer, stream uint32) End
	work     sync.WaitGroup

	mu    sync.Mutex // guards what follows
	conns map[net.Conn]bool
}

// GoAwayInstead returns an HTTP2Faulty at listen that gives up each connection when it has read a request: GOAWAY
// with INTERNAL_ERROR, and FIN. The frame says that the request may have been handled (RFC 9113, section 6.8),
// so that nobody may send it again who would not after any other failure.
func GoAwayInstead(listen string, secure *tls.Config) (*HTTP2Faulty, error) {
	return startFaulty(listen, secure, func(f *http2.Framer, stream uint32) End {
		_ = f.WriteGoAway(stream, http2.ErrCodeInternal, nil)
		return Close
	})
}

// RSTStreamInstead returns an HTTP2Faulty at listen that resets the stream of each request with INTERNAL_ERROR and
// keeps the connection.
func RSTStreamInstead(listen string, secure *tls.Config) (*HTTP2Faulty, error) {
	return startFaulty(listen, secure, func(f *http2.Framer, stream uint32) End {
		_ = f.WriteRSTStream(stream, http2.ErrCodeInternal)
		return Keep
	})
}

func startFaulty(
	listen string, secure *tls.Config, instead func(*http2.Framer, uint32) End,
) (*HTTP2Faulty, error) {
	l, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("start HTTP/2 upstream: %w", err)
	}
	h := &HTTP2Faulty{listener: l, instead: instead, conns: map[net.Conn]bool{}}
	if secure != nil {
		h.tls = secure.Clone()
		h.tls.NextProtos = []string{"h2"}
	}
	h.work.Go(func() {
		for {
			c, err := strain.Accept(l.AcceptTCP)
			if err != nil {
				return
			}
			id := h.Accepted() + 1
			h.note(event{Accepted: id})
			h.work.Go(func() { h.serve(c, id) })
		}
	})
	return h, nil
}

// Close ends the server and everything of it.
func (h *HTTP2Faulty) Close() error {
	h.mu.Lock()
	conns := h.conns
	h.conns = nil
	h.mu.Unlock()
	_ = h.listener.Close()
	for c := range conns {
		_ = c.Close()
	}
	h.work.Wait()
	return nil
}

func (h *HTTP2Faulty) serve(c *net.TCPConn, id int) {
	h.mu.Lock()
	open := h.conns != nil
	if open {
		h.conns[c] = true
	}
	h.mu.Unlock()
	if !open {
		_ = c.Close()
		return
	}
	spoken := net.Conn(c)
	if h.tls != nil {
		spoken = tls.Server(c, h.tls)
	}
	h.play(spoken, id).of(spoken, c)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// play reads frames until one of the answers, or the client, ends the connection.
func (h *HTTP2Faulty) play(c net.Conn, id int) End {
	if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
		return Close
	}
	f := http2.NewFramer(c, c)
	// The size of a table that nobody has spoken of (RFC 9113, section 6.5.2).
	f.ReadMetaHeaders = hpack.NewDecoder(1<<12, nil)
	for err := f.WriteSettings(); err == nil; {
		var frame http2.Frame
		if frame, err = f.ReadFrame(); err != nil {
			break
		}
		ended := false
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				err = f.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				err = f.WritePing(true, frame.Data)
			}
		case *http2.MetaHeadersFrame:
			h.note(event{Hit: framedHit(id, frame, c.RemoteAddr())})
			ended = frame.StreamEnded()
		case *http2.DataFrame:
			ended = frame.StreamEnded()
		}
		if !ended {
			continue
		}
		if end := h.instead(f, frame.Header().StreamID); end != Keep {
			return end
		}
	}
	return Close
}

func framedHit(connection int, f *http2.MetaHeadersFrame, from net.Addr) *Hit {
	remote, _ := netip.ParseAddrPort(from.String())
	hit := &Hit{
		Method: f.PseudoValue("method"), Path: f.PseudoValue("path"), Host: f.PseudoValue("authority"),
		Header: http.Header{}, Remote: remote,
		Connection: connection, At: time.Now(),
	}
	for _, field := range f.RegularFields() {
		hit.Header.Add(field.Name, field.Value)
	}
	hit.Nonce = hit.Header.Get(stamp.Nonce)
	return hit
}
