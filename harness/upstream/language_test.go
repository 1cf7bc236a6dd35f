package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// speaker starts an origin that speaks HTTP/2, inside TLS or not, and returns a client that does.
func speaker(
	t *testing.T, secure bool,
) (*Origin, func(method, contentType, body string) (*http.Response, string, error)) {
	t.Helper()
	o := Options{Speaks: HTTP2Spoken, Workers: 2}
	transport, scheme := &http.Transport{Protocols: new(http.Protocols)}, "http"
	transport.Protocols.SetUnencryptedHTTP2(true)
	if secure {
		a, err := NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		cert, err := a.Issue(Leaf{Names: []string{"127.0.0.1"}})
		if err != nil {
			t.Fatal(err)
		}
		o.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		transport.TLSClientConfig, scheme = &tls.Config{RootCAs: a.Pool()}, "https"
		transport.Protocols.SetHTTP2(true)
	}
	origin, err := Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.CloseIdleConnections(); _ = origin.Close() })
	return origin, func(method, contentType, body string) (*http.Response, string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, scheme+"://"+origin.Addr()+"/x", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(stamp.Nonce, "n1")
		r.Header.Set("Content-Type", contentType)
		answer, err := transport.RoundTrip(r)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		return answer, string(text), err
	}
}

// TestOriginSpeaksHTTP2: what an origin does in HTTP/1 it does in HTTP/2, in plain text and inside TLS.
func TestOriginSpeaksHTTP2(t *testing.T) {
	for name, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			origin, ask := speaker(t, secure)
			stamped := func(what string, status int) {
				t.Helper()
				answer, text, err := ask(http.MethodPost, "text/plain", "body")
				if err != nil || answer.StatusCode != status || answer.ProtoMajor != 2 ||
					stamp.Check(answer.Header, []byte(text), "upstream", "n1") != nil {
					t.Errorf("%s: got %v, %q (%v), want a stamped %d over HTTP/2", what, answer, text, err, status)
				}
			}
			stamped("healthy", http.StatusOK)
			answer, text, err := ask(http.MethodPost, grpcType, "call")
			if err != nil || text != "call" || answer.Trailer.Get("Grpc-Status") != "0" {
				t.Errorf("got %v, %q (%v), want what was called, and the status OK", answer, text, err)
			}
			undo := origin.Behave(Status{Code: http.StatusServiceUnavailable, Pause: time.Millisecond})
			stamped("status", http.StatusServiceUnavailable)
			undo()
			undo = origin.Behave(BigHeaders{Bytes: 20 << 10})
			stamped("big headers", http.StatusOK)
			undo()
			for what, how := range map[string]Behaviour{
				"reset": Raw{Then: Reset}, "closed": Canned{Then: Close}, "foreign": Canned{
					Bytes: []byte("\x16 garbage, and more of it"), Then: Close, Foreign: true,
				},
			} {
				undo := origin.Behave(how)
				if answer, _, err := ask(http.MethodPost, "text/plain", "body"); err == nil {
					t.Errorf("%s: got %v, want no answer", what, answer)
				}
				undo()
			}
			undo = origin.Behave(Truncated{Declared: 1 << 20, Sent: 100 << 10, Then: Close})
			if answer, text, err := ask(http.MethodGet, "", ""); err == nil || len(text) < 50<<10 {
				t.Errorf("truncated: got %v, %d bytes (%v), want a part of the body and an error", answer, len(text), err)
			}
			undo()
			stamped("healthy again", http.StatusOK)
			if hits := origin.HitsOf("n1"); len(hits) < 9 || hits[0].Method != http.MethodPost || hits[0].Path != "/x" {
				t.Errorf("got %d hits, the first %+v; want each request", len(hits), hits[0])
			}
		})
	}
}

// TestSilenceInHTTP2EndsWithItsStream: whoever gives up gives the worker back, and the connection stays.
func TestSilenceInHTTP2EndsWithItsStream(t *testing.T) {
	origin, ask := speaker(t, false)
	for range 3 { // More than there are workers.
		undo := origin.Behave(Silent{})
		gaveUp := make(chan error, 1)
		ctx, giveUp := context.WithCancel(t.Context())
		before := len(origin.Hits())
		go func() {
			transport := &http.Transport{Protocols: new(http.Protocols)}
			transport.Protocols.SetUnencryptedHTTP2(true)
			defer transport.CloseIdleConnections()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+origin.Addr()+"/", nil)
			if err == nil {
				_, err = transport.RoundTrip(r) //nolint:bodyclose // There is none.
			}
			gaveUp <- err
		}()
		if err := origin.WaitMore(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		giveUp()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the client to have given up", err)
		}
		undo()
	}
	if answer, _, err := ask(http.MethodGet, "", ""); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("got %v (%v), want a 200", answer, err)
	}
}

// TestOriginAnswersInTheClientsLanguage: own dials come in HTTP/1, whatever the gateway speaks; and one that drips does
// so in every language.
func TestOriginAnswersInTheClientsLanguage(t *testing.T) {
	for _, l := range []Language{HTTP1Spoken, HTTP2Spoken, FastCGISpoken} {
		origin, err := Start("127.0.0.1:0", Options{Speaks: l})
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", origin.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(c, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if got, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200 OK\r\n") {
			t.Errorf("%s: got %q (%v), want a 200 in HTTP/1", l, got, err)
		}
		_ = c.Close()
		_ = origin.Close()
	}
}

// TestOriginSpeaksFastCGI: a request of a FastCGI client, byte by byte, is answered and recorded.
func TestOriginSpeaksFastCGI(t *testing.T) {
	origin, err := Start("127.0.0.1:0", Options{Speaks: FastCGISpoken})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = origin.Close() }()
	c, err := net.Dial("tcp", origin.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	record := func(kind byte, content string) string {
		return string([]byte{1, kind, 0, 1, byte(len(content) >> 8), byte(len(content)), 0, 0}) + content
	}
	param := func(name, value string) string {
		return string([]byte{byte(len(name)), byte(len(value))}) + name + value
	}
	params := param("REQUEST_METHOD", "GET") + param("SERVER_PROTOCOL", "HTTP/1.1") + param("REQUEST_URI", "/x") +
		param("HTTP_GATEQUAKE_NONCE", "n1")
	const begin, paramsType, stdin, responder = 1, 4, 5, "\x00\x01\x00\x00\x00\x00\x00\x00"
	_, _ = io.WriteString(c, record(begin, responder)+record(paramsType, params)+record(paramsType, "")+record(stdin, ""))
	got, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(got), stamp.Answer+": n1") {
		t.Errorf("got %q (%v), want a stamped answer", got, err)
	}
	if hits := origin.HitsOf("n1"); len(hits) != 1 || hits[0].Path != "/x" {
		t.Errorf("got %+v, want the request", hits)
	}
}

// TestEveryLanguage: what is known to be had in every language is, and what is an answer's own bytes is not.
func TestEveryLanguage(t *testing.T) {
	for _, c := range []struct {
		how  Behaviour
		want bool
	}{
		{Silent{}, true},
		{Status{Code: 500}, true},
		{Truncated{}, true},
		{Drip{}, true},
		{Working{}, true},
		{BigHeaders{}, true},
		{&Expiring{}, true},
		{Raw{Then: Reset}, true},
		{Canned{}, true},
		{Canned{Bytes: []byte("x"), Foreign: true}, true},
		{Raw{Bytes: []byte("HTTP/1.1 200")}, false},
		{Canned{Bytes: []byte("x")}, false},
		{Surplus{}, false},
		{Canned{Every: 1}, false},
		{WebSocket{}, false},
	} {
		if got := InEveryLanguage(c.how); got != c.want {
			t.Errorf("%T %+v: got %t, want %t", c.how, c.how, got, c.want)
		}
	}
	for script, how := range scripts {
		if !InEveryLanguage(how) {
			t.Errorf("%s: got a script of HTTP/1 alone, want one for every language", script)
		}
	}
}
