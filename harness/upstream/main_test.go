package upstream_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// patience bounds everything a test waits for: a hundred times what it takes on a busy machine.
const patience = 20 * time.Second

// TestMain fails when a process was left behind.
func TestMain(m *testing.M) {
	status := m.Run()
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		fmt.Fprintf(os.Stderr, "child processes are left: got %d, %v, want %v\n", pid, err, syscall.ECHILD)
		status = 1
	}
	os.Exit(status)
}

// leakless returns Gomega for t, which fails when goroutines are left at its end.
func leakless(t *testing.T) *WithT {
	t.Helper()
	g := NewWithT(t)
	before := gleak.Goroutines()
	t.Cleanup(func() {
		t.Helper()
		g.Eventually(gleak.Goroutines).WithTimeout(patience).ShouldNot(gleak.HaveLeaked(before))
	})
	return g
}

func timely(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func startOrigin(t *testing.T, o upstream.Options) *upstream.Origin {
	t.Helper()
	origin, err := upstream.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = origin.Close() })
	return origin
}

// client is a raw TCP client.
type client struct {
	t *testing.T
	*net.TCPConn
	in *bufio.Reader
}

func dial(t *testing.T, addr string) *client {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &client{t: t, TCPConn: conn.(*net.TCPConn), in: bufio.NewReader(conn)}
}

func (c *client) send(request string) {
	c.t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		c.t.Fatal(err)
	}
}

// rest returns all bytes until the connection ends, and how: nil is FIN.
func (c *client) rest() (string, error) {
	got, err := io.ReadAll(c.in)
	return string(got), err
}

// answer reads one whole answer.
func (c *client) answer() (*http.Response, string) {
	c.t.Helper()
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

// silent reports whether nothing comes for a while: long against what a loopback needs, short against the patience
// of people.
func (c *client) silent() bool {
	c.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	_, err := c.in.Peek(1)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

func get(nonce string) string {
	return "GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\n" + stamp.Nonce + ": " + nonce + "\r\n\r\n"
}

// healthy fails the test unless whoever listens at addr answers a new connection with a stamped 200.
func healthy(t *testing.T, addr string) {
	t.Helper()
	c := dial(t, addr)
	c.send(get("steady"))
	response, body := c.answer()
	if response.StatusCode != http.StatusOK {
		t.Errorf("got %s, want 200", response.Status)
	}
	if err := stamp.Check(response.Header, []byte(body), "upstream", "steady"); err != nil {
		t.Error(err)
	}
	_ = c.Close()
}
