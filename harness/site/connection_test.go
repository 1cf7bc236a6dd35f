package site

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
)

// reply is a whole answer with the nonce in its stamp, if there is one.
func reply(status int, body, nonce string) string {
	line := ""
	if nonce != "" {
		line = stamp.Answer + ": " + nonce + "\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 %d Whatever\r\n%sContent-Length: %d\r\n\r\n%s", status, line, len(body), body)
}

// plays is a gateway that answers the first request on a connection as first says, and every other request on any as
// rest says. The first connection alone is broken.
func plays(
	t *testing.T, first func(c *net.TCPConn, in *bufio.Reader), rest func(nonce string) string,
) (*Bench, *client.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				in := bufio.NewReader(c)
				for asked := 0; ; asked++ {
					if n == 0 && asked == 1 {
						first(c.(*net.TCPConn), in)
					}
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if n == 0 && asked == 0 {
						_, _ = io.WriteString(c, reply(http.StatusBadGateway, "broken", ""))
						continue
					}
					_, _ = io.WriteString(c, rest(r.Header.Get(stamp.Nonce)))
				}
			}()
		}
	}()
	return meets(t, l.Addr())
}

// leftBehind is what is found on the connection after its first answer, a 502.
func leftBehind(t *testing.T, b *Bench, c *client.Conn) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, source, o := b.Begin(Probe{})
	Fill(&o, c.Do(ctx, r))
	if o.Status != http.StatusBadGateway || !o.Keep {
		t.Fatalf("got %s, keep %t, want a 502 that keeps the connection", o, o.Keep)
	}
	return b.after(ctx, c, o, source, RouteMain)
}

func well(nonce string) string { return reply(http.StatusOK, "well", nonce) }

// TestCloseWithoutNotice: a gateway that closes after each 502 and announces nothing gets one answer, whether its end
// is there before the client's next request, crosses it, or is answered by the kernel with a reset.
func TestCloseWithoutNotice(t *testing.T) {
	for name, end := range map[string]func(c *net.TCPConn, in *bufio.Reader){
		"at once": func(c *net.TCPConn, _ *bufio.Reader) { _ = c.Close() },
		"when the next request has come, which nobody reads": func(c *net.TCPConn, in *bufio.Reader) {
			_, _ = in.Peek(1)
			_ = c.SetLinger(0) // As a close with unread bytes is: the kernel answers them with RST.
			_ = c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 64 {
				b, c := plays(t, end, well)
				if got := leftBehind(t, b, c); got != record.ConnectionClosed {
					t.Fatalf("got %q, want %q", got, record.ConnectionClosed)
				}
			}
		})
	}
}

// TestNextAnswerIsItsOwn: after an answer, the next one on the connection is the answer to the next request, or
// whatever new connections get.
func TestNextAnswerIsItsOwn(t *testing.T) {
	late := func(answer string) func(*net.TCPConn, *bufio.Reader) {
		return func(c *net.TCPConn, _ *bufio.Reader) { _, _ = io.WriteString(c, answer) }
	}
	cut := func(c *net.TCPConn, _ *bufio.Reader) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\nlate")
		_ = c.CloseWrite()
	}
	nothing := func(*net.TCPConn, *bufio.Reader) {}
	unstamped := func(body func(nonce string) string) func(string) string {
		return func(nonce string) string { return reply(http.StatusInternalServerError, body(nonce), "") }
	}
	clock := func(string) string { return "down since " + time.Now().Format(time.TimeOnly) }
	same, other := func(string) string { return "down" }, func(nonce string) string { return "down, see " + nonce }
	const own = "that is not its own"
	for name, c := range map[string]struct {
		first func(*net.TCPConn, *bufio.Reader)
		rest  func(string) string
		want  string
	}{
		"its own":                               {nothing, well, record.ConnectionUsable},
		"a late one":                            {late(reply(http.StatusOK, "late answer", "")), well, own},
		"a late one with an earlier stamp":      {late(reply(http.StatusOK, "late answer", "probe-1")), well, own},
		"a late one of another status":          {late(reply(http.StatusNotFound, "late answer", "")), well, own},
		"an error that new connections get too": {nothing, unstamped(same), record.ConnectionUsable},
		"one that is another each time":         {nothing, unstamped(other), record.ConnectionUsable},
		"a late one of the same status": {
			late(reply(http.StatusInternalServerError, "late answer", "")), unstamped(same), own,
		},
		"a late one where others are down": {
			late(reply(http.StatusInternalServerError, "down", "probe-1")), unstamped(same), own,
		},
		"one with the time on it": {
			late(reply(http.StatusInternalServerError, "down since 00:00:00", "")), unstamped(clock),
			record.ConnectionUsable,
		},
		"half of one": {cut, well, "got 200, truncated"},
		"no answer":   {late("and more\r\n\r\n"), well, "got no answer: malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			b, conn := plays(t, c.first, c.rest)
			if got := leftBehind(t, b, conn); !strings.HasSuffix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// alone is a kind at which the client has nothing else to ask.
type alone struct{ stub }

func (alone) Exclusive(Route) bool { return true }

// TestNothingFollowsTheLastAnswer: where there is no other request to send on the connection, what came behind the
// answer is seen all the same.
func TestNothingFollowsTheLastAnswer(t *testing.T) {
	for name, c := range map[string]struct{ behind, want string }{
		"nothing":         {"", record.ConnectionUntried},
		"another answer":  {reply(http.StatusOK, "late answer", ""), "open, with bytes after the end of the answer"},
		"an empty line":   {"\r\n", "open, with bytes after the end of the answer"},
		"a longer answer": {"and more", "open, with bytes after the end of the answer"},
	} {
		t.Run(name, func(t *testing.T) {
			b, conn := playsAtOnce(t, reply(http.StatusBadGateway, "broken", "")+c.behind)
			b.Kind = alone{stub{b: b}}
			if got := leftBehind(t, b, conn); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// playsAtOnce is a gateway that answers the first request with the bytes, in one piece, and keeps the connection.
func playsAtOnce(t *testing.T, said string) (*Bench, *client.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, said)
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	return meets(t, l.Addr())
}

// meets connects a client to the gateway at the address.
func meets(t *testing.T, gateway net.Addr) (*Bench, *client.Conn) {
	t.Helper()
	at := netip.MustParseAddrPort(gateway.String())
	b := &Bench{Plan: Plan{Gateway: at, Clients: map[Client]netip.Addr{Anyone: at.Addr()}}}
	b.Kind = stub{b: b}
	c, err := client.Open(t.Context(), at, at.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return b, c
}
