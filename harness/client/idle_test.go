package client

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func TestIdle(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for name, c := range map[string]struct {
		more string
		end  bool
		idle bool
	}{
		"a connection that stays": {idle: true},
		"one that was closed":     {end: true},
		"one with bytes left":     {more: "surplus"},
	} {
		t.Run(name, func(t *testing.T) {
			played := make(chan struct{})
			at, _ := serve(t, func(conn net.Conn) {
				request(conn)
				_, _ = io.WriteString(conn, answer+c.more)
				if c.end {
					_ = conn.Close()
				}
				close(played)
			})
			conn, err := Open(t.Context(), at, netip.Addr{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			r := conn.Do(t.Context(), Request{Method: http.MethodGet, Target: "/", Host: "a"})
			if r.Status != http.StatusOK {
				t.Fatalf("got %d (%s), want a 200", r.Status, r.Error)
			}
			<-played
			for begin := time.Now(); conn.Idle() != c.idle || conn.Ended() != c.end; time.Sleep(time.Millisecond) {
				if time.Since(begin) > 30*time.Second { // The end may be on its way.
					t.Fatalf("got idle %t, ended %t; want %t, %t", conn.Idle(), conn.Ended(), c.idle, c.end)
				}
			}
		})
	}
}

func TestIdleLeavesTheConnectionAsItWas(t *testing.T) {
	at, connections := serve(t, func(conn net.Conn) {
		for range 2 {
			request(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	conn, err := Open(t.Context(), at, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for range 2 {
		r := conn.Do(t.Context(), Request{Method: http.MethodGet, Target: "/", Host: "a"})
		if r.Status != http.StatusOK || !conn.Idle() {
			t.Fatalf("got %d (%s), want a 200 and a connection that stays", r.Status, r.Error)
		}
	}
	if n := connections(); n != 1 {
		t.Errorf("got %d connections, want one", n)
	}
}
