package link

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// serve runs an origin that hands each connection to talk and closes it afterwards.
func serve(t testing.TB, talk func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		open []net.Conn
	)
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			all.Go(func() { defer c.Close(); talk(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

func echo(c *net.TCPConn) { _, _ = io.Copy(c, c) }

// blast answers the first byte with size bytes and waits for the client to close.
func blast(size int) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		_, _ = io.ReadFull(c, make([]byte, 1))
		_, _ = io.WriteString(c, strings.Repeat("x", size))
		_, _ = io.Copy(io.Discard, c)
	}
}
