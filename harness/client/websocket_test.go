package client

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/websocket"
)

// switched answers 101 to the key that was sent, and plays on.
func switched(play func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		_, rest, _ := strings.Cut(request(c), "Sec-WebSocket-Key: ")
		key, _, _ := strings.Cut(rest, "\r\n")
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: "+websocket.Accept(key)+"\r\n\r\n")
		play(c)
	}
}

func say(c net.Conn, op websocket.Op, text string) {
	_ = websocket.Frame{Op: op, Payload: []byte(text)}.Write(c, false)
}

func hear(c net.Conn) string {
	f, _ := websocket.Read(c)
	return string(f.Payload)
}

func TestTalkTellsHowItEnded(t *testing.T) {
	reset := func(c net.Conn) {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	for name, c := range map[string]struct {
		play   func(net.Conn)
		end    End
		status int
		heard  string
	}{
		"an echo": {
			switched(func(c net.Conn) { say(c, websocket.Text, hear(c)); say(c, websocket.Close, hear(c)) }),
			Complete, 101, "hi",
		},
		"no 101": {answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", false), Complete, 502, ""},
		"a wrong key": {
			answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: c2VzYW1l\r\n\r\n",
				false),
			Malformed, 101, "",
		},
		"other words": {
			switched(func(c net.Conn) { hear(c); say(c, websocket.Text, "ho") }),
			Malformed, 101, "",
		},
		"FIN": {switched(func(c net.Conn) { hear(c); _ = c.Close() }), Truncated, 101, ""},
		"RST": {switched(func(c net.Conn) { hear(c); reset(c) }), Truncated, 101, ""},
		"FIN after the echo": {switched(func(c net.Conn) {
			say(c, websocket.Text, hear(c))
			hear(c)
			_ = c.Close()
		}), Truncated, 101, "hi"},
		"a Close": {switched(func(c net.Conn) {
			hear(c)
			_ = websocket.Ending(websocket.Normal).Write(c, false)
		}), Complete, 101, ""},
		"a Close for some trouble": {
			switched(func(c net.Conn) { hear(c); _ = websocket.Ending(1011).Write(c, false) }),
			Truncated, 101, "",
		},
		"silence": {switched(func(net.Conn) {}), TimedOut, 101, ""},
	} {
		t.Run(name, func(t *testing.T) {
			at, _ := serve(t, c.play)
			ctx, cancel := context.WithTimeout(t.Context(), patience(c.end))
			defer cancel()
			conn, err := Open(ctx, at, netip.Addr{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			r := conn.Talk(ctx, Request{Method: "GET", Target: "/", Host: "h"}, "hi")
			if r.End != c.end || r.Status != c.status || string(r.Body) != c.heard {
				t.Errorf("got %d, %s (%s), %q; want %d, %s, %q", r.Status, r.End, r.Error, r.Body, c.status,
					c.end, c.heard)
			}
		})
	}
}
