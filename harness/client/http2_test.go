package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frames plays an HTTP/2 server frame by frame: begin reads the preface, play writes to the stream that was asked for.
type frames struct {
	*http2.Framer
	conn   net.Conn
	stream uint32
}

func (f *frames) head(end bool, fields ...string) {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	_ = f.WriteHeaders(http2.HeadersFrameParam{
		StreamID: f.stream, BlockFragment: block.Bytes(), EndHeaders: true,
		EndStream: end,
	})
}

func (f *frames) data(end bool, text string) { _ = f.WriteData(f.stream, end, []byte(text)) }

func playFrames(play func(*frames)) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = io.ReadFull(c, make([]byte, len(http2.ClientPreface)))
		f := &frames{Framer: http2.NewFramer(c, c), conn: c}
		_ = f.WriteSettings()
		_ = f.WritePing(false, [8]byte{1})
		for f.stream == 0 {
			if frame, err := f.ReadFrame(); err != nil || frame.Header().Type == http2.FrameHeaders {
				f.stream = frame.Header().StreamID
			}
		}
		play(f)
	}
}

func hangUp(f *frames, reset bool) {
	if !reset {
		_ = f.conn.(*net.TCPConn).CloseWrite()
		return
	}
	_ = f.conn.(*net.TCPConn).SetLinger(0)
	_ = f.conn.Close()
}

// played are what a server sends in frames, and how the client must tell that it ended.
var played = map[string]struct {
	play   func(*frames)
	end    End
	status int
	bytes  int64
}{
	"whole": {func(f *frames) {
		f.head(false, ":status", "200")
		f.data(false, "o")
		f.data(true, "k")
	}, Complete, 200, 2},
	"whole, no body": {func(f *frames) { f.head(true, ":status", "502") }, Complete, 502, 0},
	"after interim ones": {
		func(f *frames) { f.head(false, ":status", "103"); f.head(true, ":status", "204") },
		Complete, 204, 0,
	},
	"with a trailer": {func(f *frames) {
		f.head(false, ":status", "200")
		f.data(false, "ok")
		f.head(true, "grpc-status", "14")
	}, Complete, 200, 2},
	"cut by RST_STREAM": {func(f *frames) {
		f.head(false, ":status", "200")
		f.data(false, "ok")
		_ = f.WriteRSTStream(f.stream, http2.ErrCodeInternal)
	}, Truncated, 200, 2},
	"cut by FIN": {func(f *frames) {
		f.head(false, ":status", "200")
		f.data(false, "ok")
		hangUp(f, false)
	}, Truncated, 200, 2},
	"shorter than declared": {func(f *frames) {
		f.head(false, ":status", "200", "content-length", "9")
		f.data(true, "ok")
	}, Truncated, 200, 2},
	"longer than declared": {func(f *frames) {
		f.head(false, ":status", "200", "content-length", "1")
		f.data(true, "ok")
	}, Malformed, 200, 2},
	"body on another stream": {func(f *frames) {
		f.head(false, ":status", "200")
		f.stream += 2
		f.data(true, "ok")
	}, Malformed, 200, 0},
	"no number": {func(f *frames) { f.head(true, ":status", "abc") }, Malformed, 0, 0},
	"no status": {
		func(f *frames) { f.head(false, ":status", "000"); f.data(true, "junk") },
		Malformed, 0, 0,
	},
	"a switch of protocols": {func(f *frames) { f.head(true, ":status", "101") }, Malformed, 0, 0},
	"HTTP/1": {
		func(f *frames) { _, _ = io.WriteString(f.conn, "HTTP/1.1 200 OK\r\n\r\n") },
		Malformed, 0, 0,
	},
	"RST_STREAM": {
		func(f *frames) { _ = f.WriteRSTStream(f.stream, http2.ErrCodeRefusedStream) },
		Reset, 0, 0,
	},
	"RST":                  {func(f *frames) { hangUp(f, true) }, Reset, 0, 0},
	"GOAWAY":               {func(f *frames) { _ = f.WriteGoAway(0, http2.ErrCodeNo, nil) }, Closed, 0, 0},
	"GOAWAY with an error": {func(f *frames) { _ = f.WriteGoAway(0, http2.ErrCodeProtocol, nil) }, Reset, 0, 0},
	"FIN":                  {func(f *frames) { hangUp(f, false) }, Closed, 0, 0},
	"FIN in a frame": {
		func(f *frames) { _, _ = f.conn.Write([]byte{0, 0, 9}); hangUp(f, false) },
		Closed, 0, 0,
	},
	"silence":                {func(*frames) {}, TimedOut, 0, 0},
	"silence after the head": {func(f *frames) { f.head(false, ":status", "200") }, TimedOut, 200, 0},
}

func TestHTTP2TellsHowItEnded(t *testing.T) {
	for name, c := range played {
		t.Run(name, func(t *testing.T) {
			at, accepted := serve(t, playFrames(c.play))
			ctx, cancel := context.WithTimeout(t.Context(), patience(c.end))
			defer cancel()
			r := Way{Protocol: H2C}.Once(ctx, at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"})
			if r.End != c.end || r.Status != c.status || r.BodyBytes != c.bytes {
				t.Errorf("got %d, %s (%s), %d bytes; want %d, %s, %d bytes", r.Status, r.End, r.Error, r.BodyBytes,
					c.status, c.end, c.bytes)
			}
			if accepted() != 1 {
				t.Errorf("got %d connections, want 1: nothing may be sent again", accepted())
			}
		})
	}
}

func TestHTTP2GoAwayEndsTheConnectionCleanly(t *testing.T) {
	at, _ := serve(t, playFrames(func(f *frames) {
		_ = f.WriteGoAway(f.stream, http2.ErrCodeNo, nil)
		f.head(true, ":status", "200")
	}))
	c, err := Way{Protocol: H2C}.Open(t.Context(), at, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	r := c.Do(t.Context(), Request{Method: "GET", Target: "/", Host: "h"})
	if n, end := c.Rest(t.Context()); r.End != Complete || r.Keep || n != 0 || end != Closed {
		t.Errorf("got %s (keep %t), then %d bytes and %s; want it whole, not kept, then %s", r.End, r.Keep,
			n, end, Closed)
	}
}

// echo answers with what it was asked, in more than one window's worth of body.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, r.Proto+" "+r.Method+" "+r.Host+r.RequestURI+" "+r.Header.Get("X-Odd")+" "+string(body))
	_, _ = w.Write(bytes.Repeat([]byte("x"), 4*firstWindow))
}

func TestHTTP2CarriesSeveralRequestsToARealServer(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	trust := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.ServerName = "example.com" // httptest's own certificate
	at := netip.MustParseAddrPort(s.Listener.Addr().String())
	c, err := Way{Protocol: H2, TLS: trust}.Open(t.Context(), at, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for i := range 3 {
		r := c.Do(t.Context(), Request{
			Method: "POST", Target: "/%73?x", Host: "h", Header: []Field{{"X-Odd", "1"}},
			Body: []byte("hi"),
		})
		if want := "HTTP/2.0 POST h/%73?x 1 hi"; !strings.HasPrefix(string(r.Body), want) ||
			r.End != Complete || !r.Keep {
			t.Fatalf("got %.40q, %s (%s), keep %t; want %q, whole, kept", r.Body, r.End, r.Error, r.Keep, want)
		}
		if first := i == 0; (r.Handshake > 0) != first || r.Handshake > r.Connect {
			t.Errorf("request %d: got a handshake of %s in a connection made in %s, want one in the first only, "+
				"and a part of it", i+1, r.Handshake, r.Connect)
		}
	}
}

func TestHTTP2OverTLSMustBeAgreedUponAndTrusted(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo)) // of HTTP/1.1 alone
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	at := netip.MustParseAddrPort(s.Listener.Addr().String())
	for name, trust := range map[string]*tls.Config{
		"agreed upon": {InsecureSkipVerify: true}, //nolint:gosec // It is the protocol that is to be refused here.
		"trusted":     {ServerName: "example.com"},
	} {
		if r := (Way{Protocol: H2, TLS: trust}).Once(t.Context(), at, netip.Addr{}, Request{}); r.Status != 0 ||
			r.End != Failed {
			t.Errorf("%s: got %d %s (%s), want it not to be", name, r.Status, r.End, r.Error)
		}
	}
}

func TestHTTP10(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		reset  bool
		end    End
		status int
	}{
		"ended by the connection": {"HTTP/1.0 200 OK\r\n\r\nok", false, Unframed, 200},
		"as a newer server does": {
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", false,
			Complete, 200,
		},
		"cut by RST":              {"HTTP/1.0 200 OK\r\n\r\nok", true, Truncated, 200},
		"cut short of its length": {"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nok", false, Truncated, 200},
		"chunked": {
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false,
			Malformed, 200,
		},
		"an interim one": {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", false, Complete, 103},
	} {
		t.Run(name, func(t *testing.T) {
			at, _ := serve(t, answer(c.answer, c.reset))
			r := Way{Protocol: HTTP10}.Once(t.Context(), at, netip.Addr{},
				Request{Method: "GET", Target: "/", Host: "h"})
			if r.End != c.end || r.Status != c.status || r.Keep {
				t.Errorf("got %d, %s (%s), keep %t; want %d, %s, not kept", r.Status, r.End, r.Error, r.Keep,
					c.status, c.end)
			}
		})
	}
}
