package upstream_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestStatusIsStamped(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	for _, status := range []upstream.Status{
		{Code: 500}, {Code: 403}, {Code: 503, Header: http.Header{"Retry-After": {"7"}}}, {Code: 204}, {Code: 304},
	} {
		undo := origin.Behave(status)
		c := dial(t, origin.Addr())
		for range 2 { // the second proves that the first ended where it should
			c.send(get("n"))
			response, body := c.answer()
			g.Expect(response.StatusCode).To(Equal(status.Code))
			stamped := []byte(body)
			if status.Code == 204 || status.Code == 304 {
				g.Expect(response.Header).NotTo(HaveKey("Content-Length"))
				stamped = nil
			}
			g.Expect(stamp.Check(response.Header, stamped, "upstream", "n")).To(Succeed())
			g.Expect(response.Header.Get("Retry-After")).To(Equal(status.Header.Get("Retry-After")))
		}
		undo()
	}
}

func TestSilentNeverAnswers(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	undo := origin.Behave(upstream.Silent{})
	c := dial(t, origin.Addr())
	c.send(get("n"))
	_, err := origin.WaitHit(timely(t), "n")
	g.Expect(err).NotTo(HaveOccurred())
	undo()
	healthy(t, origin.Addr())
	g.Expect(c.silent()).To(BeTrue(), "what was asked before stays unanswered")
}

func TestTruncated(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	for _, truncated := range []upstream.Truncated{
		{Declared: 1000, Sent: 0},
		{Declared: 1000, Sent: 300},
		{Declared: 1 << 20, Sent: 1 << 19, Then: upstream.Reset},
		{Declared: 10, Sent: 50},
	} {
		undo := origin.Behave(truncated)
		c := dial(t, origin.Addr())
		c.send(get("n"))
		response, err := http.ReadResponse(c.in, nil)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(stamp.Check(response.Header, nil, "upstream", "n")).To(Succeed())
		g.Expect(response.ContentLength).To(BeEquivalentTo(truncated.Declared))
		body, err := c.rest()
		g.Expect(body).To(HaveLen(truncated.Sent))
		if truncated.Then == upstream.Reset {
			g.Expect(err).To(MatchError(syscall.ECONNRESET))
		} else {
			g.Expect(err).NotTo(HaveOccurred())
		}
		undo()
	}
}

func TestBigHeadersAddExactlySoManyBytes(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	const closing = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	c := dial(t, origin.Addr())
	c.send(closing)
	plain, err := c.rest()
	g.Expect(err).NotTo(HaveOccurred())
	for _, size := range []int{22, 1000, 64 << 10, 64<<10 + 1, 300 << 10} {
		undo := origin.Behave(upstream.BigHeaders{Bytes: size})
		c := dial(t, origin.Addr())
		c.send(closing)
		got, err := c.rest()
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(len(got) - len(plain)).To(Equal(size))
		for line := range strings.Lines(got) {
			g.Expect(len(line)).To(BeNumerically("<=", 2048))
		}
		undo()
	}
}

func TestTheLatestBehaviourWinsAndUndoTakesBackItsOwn(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	c := dial(t, origin.Addr())
	status := func() int {
		c.send(get("n"))
		response, _ := c.answer()
		return response.StatusCode
	}
	undoA := origin.Behave(upstream.Status{Code: 500})
	undoB := origin.Behave(upstream.Status{Code: 503})
	g.Expect(status()).To(Equal(503))
	undoA()
	g.Expect(status()).To(Equal(503))
	undoB()
	undoB()
	undoA()
	g.Expect(status()).To(Equal(200), "on the same connection")
}
