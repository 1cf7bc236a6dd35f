package upstream_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestCannedStampsAndEnds(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Canned{Bytes: []byte("\x00for {{nonce}}, {{nonce}}\r"), Then: upstream.Close})
	c := dial(t, origin.Addr())
	c.send(get("n"))
	got, err := c.rest()
	g.Expect(got, err).To(Equal("\x00for n, n\r"))
}

func TestCannedIsSentAgainUntilTheClientLeaves(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Canned{Bytes: []byte("{{nonce}}"), Every: time.Millisecond})
	c := dial(t, origin.Addr())
	c.send(get("n"))
	for range 5 {
		g.Expect(c.in.ReadByte()).To(BeEquivalentTo('n'))
	}
	g.Expect(c.Close()).To(Succeed()) // leakless sees whether that ends it.
}

func TestDripIsAHealthyAnswerInItsTime(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Drip{Every: time.Millisecond})
	c := dial(t, origin.Addr())
	begin := time.Now()
	c.send(get("n"))
	response, body := c.answer()
	g.Expect(stamp.Check(response.Header, []byte(body), "upstream", "n")).To(Succeed())
	g.Expect(time.Since(begin)).To(BeNumerically(">", 100*time.Millisecond), "some 200 bytes, a millisecond each")
}

func TestStatusPausesInMidBody(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	const pause = 3 * time.Second
	origin.Behave(upstream.Status{Code: http.StatusServiceUnavailable, Pause: pause})
	c := dial(t, origin.Addr())
	begin := time.Now()
	c.send(get("n"))
	response, err := http.ReadResponse(c.in, nil)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(time.Since(begin)).To(BeNumerically("<", pause), "the head comes at once")
	body, err := io.ReadAll(response.Body)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(time.Since(begin)).To(BeNumerically(">=", pause))
	g.Expect(response.StatusCode).To(Equal(http.StatusServiceUnavailable))
	g.Expect(stamp.Check(response.Header, body, "upstream", "n")).To(Succeed())
}

func TestExpiringStrikesWhatWasThere(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	how := &upstream.Expiring{}
	undo := origin.Behave(how)
	old := dial(t, origin.Addr())
	for range 2 {
		old.send(get("n"))
		response, _ := old.answer()
		g.Expect(response.StatusCode).To(Equal(200))
	}
	how.Expire(origin.Accepted())
	later := dial(t, origin.Addr())
	later.send(get("n"))
	response, _ := later.answer()
	g.Expect(response.StatusCode).To(Equal(200), "it came after")
	g.Expect(how.Struck(http.MethodGet)).To(BeFalse())
	old.send(get("last"))
	got, err := old.rest()
	g.Expect(got, err).To(BeEmpty())
	g.Expect(origin.HitsOf("last")).To(HaveLen(1), "it was read")
	g.Expect(how.Struck(http.MethodGet)).To(BeTrue())
	g.Expect(how.Struck(http.MethodPost)).To(BeFalse())
	undo()
	healthy(t, origin.Addr())
}

func TestSurplusFollowsAWholeAnswerOnAnOpenConnection(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Surplus{Bytes: []byte("more")})
	c := dial(t, origin.Addr())
	c.send(get("n"))
	response, body := c.answer()
	g.Expect(stamp.Check(response.Header, []byte(body), "upstream", "n")).To(Succeed())
	more, err := c.in.Peek(4)
	g.Expect(string(more), err).To(Equal("more"))
	_, _ = c.in.Discard(4)
	g.Expect(c.silent()).To(BeTrue())
}

func TestSpeakFirstDoesNotWaitForARequest(t *testing.T) {
	g := leakless(t)
	port, err := upstream.SpeakFirst("127.0.0.1:0", []byte("220 ready\r\n"), nil)
	g.Expect(err).NotTo(HaveOccurred())
	c := dial(t, port.Addr())
	got, err := c.rest()
	g.Expect(got, err).To(Equal("220 ready\r\n"))
	g.Expect(port.Close()).To(Succeed())
}

func TestOverItsLimitAnOriginEndsConnections(t *testing.T) {
	for _, over := range []upstream.End{upstream.Close, upstream.Reset} {
		g := leakless(t)
		origin := startOrigin(t, upstream.Options{Limit: 2, Over: over})
		crowd, err := upstream.Occupy(timely(t), origin.Addr(), 2)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(beyond(t, origin.Addr())).To(Equal(over))
		g.Expect(origin.Accepted()).To(Equal(2))
		crowd.Release()
		g.Eventually(func() error {
			c := dial(t, origin.Addr())
			c.send(get("n"))
			_, err := c.in.Peek(1)
			return err
		}).WithTimeout(patience).Should(Succeed(), "there is room again")
	}
}

// beyond returns how a connection ends that is one too many. A reset may come before the dial has returned.
func beyond(t *testing.T, addr string) (upstream.End, error) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if errors.Is(err, syscall.ECONNRESET) {
		return upstream.Reset, nil
	}
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return (&client{t: t, TCPConn: conn.(*net.TCPConn), in: bufio.NewReader(conn)}).end()
}
