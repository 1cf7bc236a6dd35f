package upstream

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// askHTTP2 sends one request over HTTP/2 in plain text, on a connection of its own.
func askHTTP2(t *testing.T, at, method, contentType, body string) (*http.Response, string, error) {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols), DisableKeepAlives: true}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+at+"/x", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(stamp.Nonce, "n1")
	r.Header.Set("Content-Type", contentType)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func TestHTTP2OriginAnswersAndRecords(t *testing.T) {
	o, err := StartHTTP2("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	resp, text, err := askHTTP2(t, o.Addr(), http.MethodGet, "", "")
	if err != nil || stamp.Check(resp.Header, []byte(text), "http2", "n1") != nil {
		t.Errorf("got %v, %q (%v), want a stamped answer", resp, text, err)
	}
	resp, text, err = askHTTP2(t, o.Addr(), http.MethodPost, "application/grpc", "\x00\x00\x00\x00\x02hi")
	if err != nil || !strings.HasSuffix(text, "hi") || resp.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("got %q, trailer %v (%v), want an echo with grpc-status 0", text, resp.Trailer, err)
	}
	hits := o.HitsOf("n1")
	if len(hits) != 2 || hits[1].Method != http.MethodPost || hits[0].Connection == hits[1].Connection ||
		o.Accepted() != 2 {
		t.Errorf("got %+v of %d connections, want a GET and a POST on two", hits, o.Accepted())
	}
}

func TestHTTP2FaultyAnswersNothing(t *testing.T) {
	for want, start := range map[string]func(string, *tls.Config) (*HTTP2Faulty, error){
		"GOAWAY":         GoAwayInstead,
		"INTERNAL_ERROR": RSTStreamInstead,
	} {
		h, err := start("127.0.0.1:0", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, _, err := askHTTP2(t, h.listener.Addr().String(), http.MethodPost, "text/plain", "body")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v; want an error with %s in it", resp, err, want)
		}
		if hits := h.HitsOf("n1"); len(hits) != 1 || hits[0].Method != http.MethodPost || hits[0].Path != "/x" {
			t.Errorf("%s: got %+v, want one hit", want, hits)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
}
