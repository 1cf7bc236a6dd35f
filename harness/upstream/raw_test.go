package upstream_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestRawWritesExactlyItsBytesAndEnds(t *testing.T) {
	origin := startOrigin(t, upstream.Options{})
	garbage := []byte("HTTP/1.1 abc\x00 \xff\r\nno colon\n")
	big := bytes.Repeat(garbage, 4<<20/len(garbage)) // more than the socket buffers take at once
	for name, raw := range map[string]upstream.Raw{
		"garbage, FIN":     {Bytes: garbage},
		"garbage, RST":     {Bytes: garbage, Then: upstream.Reset},
		"garbage, open":    {Bytes: garbage, Then: upstream.Keep},
		"nothing, FIN":     {},
		"nothing, RST":     {Then: upstream.Reset},
		"4 MB, RST":        {Bytes: big, Then: upstream.Reset},
		"a whole 200, RST": {Bytes: []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), Then: upstream.Reset},
	} {
		t.Run(name, func(t *testing.T) {
			g := leakless(t)
			undo := origin.Behave(raw)
			defer undo()
			c := dial(t, origin.Addr())
			c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n" + stamp.Nonce + ": " + name + "\r\n\r\n")
			g.Expect(c.silent()).To(BeTrue(), "the body has not come yet")
			c.send(strings.Repeat("b", 100000))

			got := make([]byte, len(raw.Bytes))
			_, err := io.ReadFull(c.in, got)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(bytes.Equal(got, raw.Bytes)).To(BeTrue())
			g.Expect(c.end()).To(Equal(raw.Then))
			g.Expect(origin.HitsOf(name)).To(HaveLen(1))
			g.Expect(c.Close()).To(Succeed())
		})
	}
	healthy(t, origin.Addr())
}

func TestFINIsNotFollowedByRSTWhenTheClientGoesOnSending(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Raw{})
	c := dial(t, origin.Addr())
	c.send(get("n") + "and bytes that no request is")
	got, err := c.rest()
	g.Expect(got, err).To(BeEmpty())
	for range 3 {
		c.send("more")
	}
	got, err = c.rest()
	g.Expect(got, err).To(BeEmpty())
}

// end returns how the connection ends, when nothing more is to come on it.
func (c *client) end() (upstream.End, error) {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second)) // over the second that Reset may wait
	rest, err := c.rest()
	switch {
	case rest != "":
		return 0, fmt.Errorf("got %q, want the end", rest)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return upstream.Keep, nil
	case errors.Is(err, syscall.ECONNRESET):
		return upstream.Reset, nil
	}
	return upstream.Close, err
}

// TestWhatBeginsLikeNoRequestIsNotWaitedFor sends the start of a TLS ClientHello, which has no end of a line in it.
func TestWhatBeginsLikeNoRequestIsNotWaitedFor(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	answer := "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
	undo := origin.Misread([]byte(answer))
	for _, want := range []string{answer, ""} { // The second time it is undone.
		c := dial(t, origin.Addr())
		c.send("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03")
		got, err := io.ReadAll(c.in)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(string(got)).To(Equal(want))
		g.Expect(c.Close()).To(Succeed())
		undo()
	}
	healthy(t, origin.Addr())
}
