package link

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// soon is how long a test waits for what must happen, and how long a client has for all that it does: nothing
// depends on it but the end of a hang.
const soon = 30 * time.Second

func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, soon)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(soon))
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

func send(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// roundTrip sends text and reads as much back.
func roundTrip(t testing.TB, c net.Conn, text string) time.Duration {
	t.Helper()
	begin := time.Now()
	send(t, c, text)
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("read echo: got %q and %v, want %q", got, err, text)
	}
	return time.Since(begin)
}

// end reads until the connection ends and names how.
func end(c net.Conn) (read int, how string) {
	n, err := io.Copy(io.Discard, c)
	switch {
	case err == nil:
		return int(n), "FIN"
	case errors.Is(err, syscall.ECONNRESET):
		return int(n), "RST"
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		return int(n), "silence"
	}
	return int(n), err.Error()
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// silent reports whether nothing arrives at c for a while, not even an end.
func silent(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(150 * time.Millisecond)) // a thousand loopback round trips
	_, err := c.Read(make([]byte, 1))
	_ = c.SetReadDeadline(time.Now().Add(soon))
	return isTimeout(err)
}
