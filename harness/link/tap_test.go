package link

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// tapped returns a Link with a Tap behind it, in front of an upstream that repeats what it is asked for.
func tapped(t *testing.T) (*Link, *Tap) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "you asked for "+r.URL.Path)
	}))
	t.Cleanup(upstream.Close)
	tap, err := NewTap(netip.MustParseAddrPort(upstream.Listener.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tap.Close() })
	l, err := New("127.0.0.1:0", tap.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(t.Context()) })
	return l, tap
}

// TestTapTellsExchangesApart sends two requests on one connection, and one on another.
func TestTapTellsExchangesApart(t *testing.T) {
	l, tap := tapped(t)
	for _, paths := range [][]string{{"/first", "/second"}, {"/third"}} {
		c, err := net.Dial("tcp", l.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for _, path := range paths {
			_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
			r, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != "you asked for "+path {
				t.Fatalf("got %q and %v, want what was asked for passed on", body, err)
			}
		}
	}
	all := tap.Since(time.Time{})
	if len(all) != 3 || all[0].Connection != all[1].Connection || all[1].Connection == all[2].Connection {
		t.Fatalf("got %+v, want three exchanges, the first two on one connection", all)
	}
	for i, path := range []string{"/first", "/second", "/third"} {
		x := all[i]
		if !strings.HasPrefix(string(x.Sent), "GET "+path+" ") ||
			!strings.HasPrefix(string(x.Received), "HTTP/1.1 200 OK\r\n") {
			t.Errorf("got %q and %q, want the request for %s and its answer", x.Sent, x.Received, path)
		}
		if x.SentBytes != int64(len(x.Sent)) || x.ReceivedBytes != int64(len(x.Received)) ||
			!x.Answered.After(x.Begun) {
			t.Errorf("got %+v, want all of it counted, and the answer after the request", x)
		}
	}
	if later := tap.Since(all[2].Begun); len(later) != 1 {
		t.Errorf("got %+v since the third began, want the third", later)
	}
}

// TestTapSeesWhatGetsThrough has toxics between itself and the client.
func TestTapSeesWhatGetsThrough(t *testing.T) {
	for _, c := range []struct {
		toxic           Toxic
		asked, answered bool
	}{
		{Refuse{}, false, false},
		{Timeout{Stream: Upstream}, false, false},
		{Limit{Bytes: 0}, true, true}, // The upstream has answered; nobody hears it.
	} {
		l, tap := tapped(t)
		if _, err := l.Inject(t.Context(), c.toxic); err != nil {
			t.Fatal(err)
		}
		client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		if r, err := client.Get("http://" + l.Addr()); err == nil {
			t.Fatalf("%s: got %s, want no answer", c.toxic, r.Status)
		}
		asked, answered := false, false
		for _, x := range tap.Since(time.Time{}) {
			asked, answered = asked || x.SentBytes > 0, answered || x.ReceivedBytes > 0
		}
		if asked != c.asked || answered != c.answered {
			t.Errorf("%s: got asked %t and answered %t, want %t and %t", c.toxic, asked, answered, c.asked, c.answered)
		}
	}
}

func TestTapKeepsNoMoreThanItSays(t *testing.T) {
	tap := &Tap{}
	for range keptExchanges + 10 {
		u := &turn{tap: tap}
		u.sent(make([]byte, 3*keptOfRequest))
		u.sent(make([]byte, 1))
		u.received(make([]byte, 3*keptOfAnswer))
	}
	all := tap.Since(time.Time{})
	if x := all[len(all)-1]; len(all) != keptExchanges || len(x.Sent) != keptOfRequest ||
		len(x.Received) != keptOfAnswer || x.SentBytes != 3*keptOfRequest+1 {
		t.Errorf("got %d exchanges, the last with %d and %d bytes of %d, want %d with %d and %d", len(all), len(x.Sent),
			len(x.Received), x.SentBytes, keptExchanges, keptOfRequest, keptOfAnswer)
	}
}
