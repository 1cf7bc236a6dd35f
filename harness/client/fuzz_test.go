package client

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// wire is a connection on which a server says what it says and closes, whatever it is asked.
type wire struct {
	net.Conn // nil: nothing else is called
	says     *strings.Reader
}

func (w *wire) Read(b []byte) (int, error)       { return w.says.Read(b) }
func (w *wire) Write(b []byte) (int, error)      { return len(b), nil }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// ends are those of an exchange on a connection that was made and that the server ends, in time.
var ends = []End{Complete, Unframed, Truncated, Malformed, Closed}

// plausible fails the test unless the response is a record that cannot contradict itself.
func plausible(t *testing.T, r Response, begin time.Time) {
	t.Helper()
	whole := r.End == Complete || r.End == Unframed
	switch {
	case time.Since(begin) > 10*time.Second:
		t.Errorf("took %s for what was there at once", time.Since(begin))
	case len(r.Body) > maxBody || r.BodyBytes < int64(len(r.Body)):
		t.Errorf("got %d bytes of %d kept, want the first %d", len(r.Body), r.BodyBytes, maxBody)
	case whole && (r.Status == 0 || r.Error != ""):
		t.Errorf("got %s with status %d and error %q", r.End, r.Status, r.Error)
	case !whole && (r.Error == "" || r.Keep):
		t.Errorf("got %s with error %q, keep %t, want a reason and a connection that is not kept", r.End,
			r.Error, r.Keep)
	case r.End == Closed && r.Status != 0, r.End == Unframed && r.Keep:
		t.Errorf("got %s with status %d, keep %t", r.End, r.Status, r.Keep)
	}
}

// FuzzResponse reads what a server may answer over HTTP/1: it is read to an end, in bounds, and twice the same.
func FuzzResponse(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n\r\nuntil the end",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
		"HTTP/1.1 999 \r\n\r\n", "HTTP/1.1 000 x\r\n\r\n", "HTTP/1.1 -12 x\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/",
		"H", "", "\x00", "garbage", "HTTP/1.0 200 OK\nA:b\n\nx",
		strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100),
	} {
		f.Add([]byte(text), false, false)
		f.Add([]byte(text), true, true)
	}
	f.Fuzz(func(t *testing.T, text []byte, old, post bool) {
		r, p := Request{Method: http.MethodGet, Target: "/", Host: "x.test"}, HTTP11
		if post {
			r.Method, r.Body = http.MethodPost, []byte("order")
		}
		if old {
			p = HTTP10
		}
		got := []Response{}
		for range 2 {
			begin := time.Now()
			c := newConn(&wire{says: strings.NewReader(string(text))}, p, 0)
			resp := c.Do(context.Background(), r)
			plausible(t, resp, begin)
			if !slices.Contains(ends, resp.End) {
				t.Errorf("got the end %q, want one of %q", resp.End, ends)
			}
			_, _ = c.Rest(context.Background())
			got = append(got, resp)
		}
		if a, b := got[0], got[1]; a.Status != b.Status || a.End != b.End || a.BodyBytes != b.BodyBytes ||
			a.Keep != b.Keep {
			t.Errorf("got %+v and then %+v of the same bytes", a, b)
		}
	})
}

// FuzzFrames reads what a server may answer over HTTP/2.
func FuzzFrames(f *testing.F) {
	for _, play := range []func(*http2.Framer, *frames){
		func(*http2.Framer, *frames) {},
		func(_ *http2.Framer, s *frames) { s.head(true, ":status", "204") },
		func(_ *http2.Framer, s *frames) {
			s.head(false, ":status", "200", "content-length", "2")
			s.data(true, "ok")
		},
		func(_ *http2.Framer, s *frames) {
			s.head(false, ":status", "100")
			s.head(false, ":status", "200")
			s.head(true, "grpc-status", "14")
		},
		func(w *http2.Framer, _ *frames) { _ = w.WriteRSTStream(1, http2.ErrCodeRefusedStream) },
		func(w *http2.Framer, _ *frames) { _ = w.WriteGoAway(0, http2.ErrCodeNo, []byte("bye")) },
		func(w *http2.Framer, _ *frames) {
			_ = w.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2})
		},
	} {
		var b strings.Builder
		w := http2.NewFramer(&b, nil)
		_ = w.WriteSettings()
		play(w, &frames{Framer: w, stream: 1})
		f.Add([]byte(b.String()))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		begin := time.Now()
		c := newConn(&wire{says: strings.NewReader(string(text))}, H2C, 0)
		resp := c.Do(context.Background(), Request{Method: http.MethodGet, Target: "/", Host: "x.test"})
		plausible(t, resp, begin)
		if !slices.Contains(append(ends, Reset), resp.End) {
			t.Errorf("got the end %q, want one of %q", resp.End, ends)
		}
		_, _ = c.Rest(context.Background())
	})
}
