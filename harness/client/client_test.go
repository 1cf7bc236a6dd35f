package client

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// serve accepts connections and lets each one be played; it notes how many there were. It holds them until the
// test is over: the garbage collector closes a connection that nobody holds, and a silent one is reset then.
func serve(t *testing.T, play func(net.Conn)) (netip.AddrPort, func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
			play(c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		for len(accepted) > 0 {
			_ = (<-accepted).Close()
		}
	})
	return netip.MustParseAddrPort(l.Addr().String()), func() int { return len(accepted) }
}

// patience is short for what is to run out of time, and generous otherwise: machines are busy.
func patience(end End) time.Duration {
	if end == TimedOut {
		return 500 * time.Millisecond
	}
	return 10 * time.Second
}

// request reads up to the empty line and returns what it read.
func request(c net.Conn) string {
	got := ""
	for b := make([]byte, 1); !strings.HasSuffix(got, "\r\n\r\n"); {
		if _, err := c.Read(b); err != nil {
			return got
		}
		got += string(b)
	}
	return got
}

func answer(text string, reset bool) func(net.Conn) {
	return func(c net.Conn) {
		request(c)
		_, _ = io.WriteString(c, text)
		if reset {
			_ = c.(*net.TCPConn).SetLinger(0)
		}
		_ = c.Close()
	}
}

func TestOnceTellsHowItEnded(t *testing.T) {
	big := strings.Repeat("x", maxBody+10)
	for name, c := range map[string]struct {
		play   func(net.Conn)
		end    End
		status int
		bytes  int64
	}{
		"whole": {answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false), Complete, 200, 2},
		"whole, chunked": {answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
			false), Complete, 200, 2},
		"after interim ones": {
			answer("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", false),
			Complete, 204, 0,
		},
		"larger than kept": {answer(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(big), big),
			false), Complete, 200, maxBody + 10},
		"no framing": {answer("HTTP/1.1 200 OK\r\n\r\nok", false), Unframed, 200, 2},
		"cut by FIN": {answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", false), Truncated, 200, 2},
		"cut by RST": {answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", true), Truncated, 200, 2},
		"cut, chunked": {
			answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", false),
			Truncated, 200, 2,
		},
		"cut in the head": {answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", false), Truncated, 0, 0},
		"no number":       {answer("HTTP/1.1 abc OK\r\n\r\n", false), Malformed, 0, 0},
		"garbage":         {answer("\x16\x03\x01\x00 garbage\r\n\r\n", false), Malformed, 0, 0},
		"FIN":             {answer("", false), Closed, 0, 0},
		"RST":             {answer("", true), Reset, 0, 0},
		"silence":         {func(net.Conn) {}, TimedOut, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			at, accepted := serve(t, c.play)
			ctx, cancel := context.WithTimeout(t.Context(), patience(c.end))
			defer cancel()
			r := Once(ctx, at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"})
			if r.End != c.end || r.Status != c.status || r.BodyBytes != c.bytes {
				t.Errorf("got %d, %s (%s), %d bytes; want %d, %s, %d bytes", r.Status, r.End, r.Error, r.BodyBytes,
					c.status, c.end, c.bytes)
			}
			if r.BodyBytes > maxBody && len(r.Body) != maxBody {
				t.Errorf("kept %d bytes of the body, want %d", len(r.Body), maxBody)
			}
			if accepted() != 1 {
				t.Errorf("got %d connections, want 1: nothing may be sent again", accepted())
			}
		})
	}
}

func TestOnceTellsWhyThereIsNoConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(l.Addr().String())
	_ = l.Close()
	if r := Once(t.Context(), at, netip.Addr{}, Request{}); r.End != Refused || r.Connect != 0 {
		t.Errorf("got %s (%s), want %s", r.End, r.Error, Refused)
	}
}

func TestRequestIsSentAsItIs(t *testing.T) {
	seen := make(chan string, 1)
	at, _ := serve(t, func(c net.Conn) {
		seen <- request(c)
		_ = c.Close()
	})
	Once(t.Context(), at, netip.Addr{}, Request{
		Method: "POST", Target: "/a/../b//%73?x", Host: "h",
		Header: []Field{{"x-odd", "1"}, {"X-Odd", "2"}}, Body: []byte("hi"),
	})
	want := "POST /a/../b//%73?x HTTP/1.1\r\nHost: h\r\nx-odd: 1\r\nX-Odd: 2\r\nContent-Length: 2\r\n\r\n"
	if got := <-seen; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConnCarriesSeveralRequests(t *testing.T) {
	at, accepted := serve(t, func(c net.Conn) {
		request(c)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
		request(c)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nbsurplus")
		_ = c.Close()
	})
	c, err := Open(t.Context(), at, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	first := c.Do(t.Context(), Request{Method: "GET", Target: "/1", Host: "h"})
	second := c.Do(t.Context(), Request{Method: "GET", Target: "/2", Host: "h"})
	if string(first.Body) != "a" || !first.Keep || string(second.Body) != "b" || second.Keep || accepted() != 1 {
		t.Errorf("got %q (keep %t), %q (keep %t) on %d connections; want a, kept, b, not kept, on 1", first.Body,
			first.Keep, second.Body, second.Keep, accepted())
	}
	if n, end := c.Rest(t.Context()); n != int64(len("surplus")) || end != Closed {
		t.Errorf("got %d bytes more, then %s; want 7, then %s", n, end, Closed)
	}
}

func TestFirstByteComesBeforeTheHead(t *testing.T) {
	const pause = time.Second // Who reads may be late for the first byte, on a busy machine by tens of milliseconds.
	at, _ := serve(t, func(c net.Conn) {
		request(c)
		_, _ = io.WriteString(c, "HTTP/1.1 ")
		time.Sleep(pause)
		_, _ = io.WriteString(c, "200 OK\r\nContent-Length: 0\r\n\r\n")
		_ = c.Close()
	})
	r := Once(t.Context(), at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"})
	if r.First <= 0 || r.Head < r.First+pause/2 || r.Took < r.Head {
		t.Errorf("got the first byte after %s, the head after %s and the end after %s, want them in this order, "+
			"and the pause of %s between the first two", r.First, r.Head, r.Took, pause)
	}
	at, _ = serve(t, func(c net.Conn) { request(c); _ = c.Close() })
	if r := Once(t.Context(), at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"}); r.First != 0 {
		t.Errorf("got the first byte after %s when none came, want 0", r.First)
	}
}

// TestGone: the end of the connection is told from that of an answer, or of a stream on a connection that stays.
func TestGone(t *testing.T) {
	for name, c := range map[string]struct {
		way  Way
		play func(net.Conn)
		gone bool
	}{
		"FIN": {Way{}, answer("", false), true},
		"RST": {Way{}, answer("", true), true},
		"a cut": {
			Way{},
			answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", true),
			false,
		},
		"a cut head":      {Way{}, answer("HTTP/1.1 200", false), false},
		"FIN over HTTP/2": {Way{Protocol: H2C}, playFrames(func(f *frames) { hangUp(f, false) }), true},
		"RST over HTTP/2": {Way{Protocol: H2C}, playFrames(func(f *frames) { hangUp(f, true) }), true},
		"a cut over HTTP/2": {
			Way{Protocol: H2C},
			playFrames(func(f *frames) { f.head(false, ":status", "200"); hangUp(f, false) }), false,
		},
		"RST_STREAM on one that stays": {
			Way{Protocol: H2C},
			playFrames(func(f *frames) { _ = f.WriteRSTStream(f.stream, http2.ErrCodeRefusedStream) }), false,
		},
		"GOAWAY for an error of a peer": {
			Way{Protocol: H2C},
			playFrames(func(f *frames) { _ = f.WriteGoAway(0, http2.ErrCodeProtocol, nil) }), false,
		},
		"a whole answer, and then a FIN": {Way{}, answer("HTTP/1.1 204 No Content\r\n\r\n", false), false},
	} {
		at, _ := serve(t, c.play)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if r := c.way.Once(ctx, at, netip.Addr{}, Request{Method: "GET", Target: "/", Host: "h"}); r.Gone != c.gone {
			t.Errorf("%s: got gone %t (%s %s), want %t", name, r.Gone, r.End, r.Error, c.gone)
		}
		cancel()
	}
}
