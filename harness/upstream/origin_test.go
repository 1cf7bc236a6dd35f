package upstream_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestHealthyAnswerIsStampedAndKeepsTheConnection(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{Name: "bystander"})
	c := dial(t, origin.Addr())
	for _, nonce := range []string{"n1", "n2"} {
		c.send(get(nonce))
		response, body := c.answer()
		g.Expect(response.Status).To(Equal("200 OK"))
		g.Expect(stamp.Check(response.Header, []byte(body), "bystander", nonce)).To(Succeed())
		g.Expect(body).To(And(ContainSubstring("bystander"), ContainSubstring(nonce)))
		g.Expect(response.Close).To(BeFalse())
	}
	first, second := origin.HitsOf("n1")[0], origin.HitsOf("n2")[0]
	g.Expect(first.Connection).To(Equal(second.Connection))
	g.Expect(first.Remote.String()).To(Equal(c.LocalAddr().String()))
	g.Expect(first.Path).To(Equal("/a?b=c"))
	g.Expect(first.Host).To(Equal("shop.example"))
	g.Expect(first.Header.Get(stamp.Nonce)).To(Equal("n1"))
	g.Expect(time.Since(first.At)).To(BeNumerically("<", patience))
	g.Expect(origin.Accepted()).To(Equal(1))

	other := dial(t, origin.Addr())
	other.send(get("n3"))
	other.answer()
	g.Expect(origin.HitsOf("n3")[0].Connection).To(Equal(2))
	g.Expect(origin.Hits()).To(HaveLen(3))
	g.Expect(origin.HitsOf("nobody")).To(BeEmpty())
}

func TestBodyIsReadAndCounted(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	c := dial(t, origin.Addr())
	const head = "POST / HTTP/1.1\r\nHost: x\r\n" + stamp.Nonce
	c.send(head + ": fixed\r\nContent-Length: 5\r\n\r\n12345" + head + ": chunked\r\nTransfer-Encoding: chunked\r\n" +
		"\r\n3\r\nabc\r\n0\r\n\r\n")
	c.answer()
	c.answer()
	g.Expect(origin.HitsOf("fixed")[0].BodyBytes).To(BeEquivalentTo(5))
	g.Expect(origin.HitsOf("chunked")[0].BodyBytes).To(BeEquivalentTo(3))

	c.send(head + ": polite\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	line, err := c.in.ReadString('\n')
	g.Expect(line, err).To(Equal("HTTP/1.1 100 Continue\r\n"))
	g.Expect(origin.HitsOf("polite")).To(HaveLen(1), "recorded before the body came")
	_, _ = c.in.ReadString('\n')
	c.send("ok")
	response, _ := c.answer()
	g.Expect(response.StatusCode).To(Equal(http.StatusOK))
	g.Expect(origin.HitsOf("polite")[0].BodyBytes).To(BeEquivalentTo(2))
}

func TestConnectionIsClosedWhenTheClientAsksForIt(t *testing.T) {
	leakless(t)
	origin := startOrigin(t, upstream.Options{})
	for request, end := range map[string]string{
		"GET / HTTP/1.0\r\n\r\n":                                      "FIN",
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":      "FIN",
		"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":     "FIN",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n":            "open",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":                            "unanswered FIN",
		"no request at all\r\n\r\n":                                   "unanswered FIN",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n": "unanswered FIN",
	} {
		t.Run(request[:16], func(t *testing.T) {
			g := NewWithT(t)
			c := dial(t, origin.Addr())
			c.send(request)
			if end == "open" {
				response, _ := c.answer()
				g.Expect(response.Header.Get("Connection")).To(Equal("keep-alive"))
				g.Expect(c.silent()).To(BeTrue())
				return
			}
			got, err := c.rest()
			g.Expect(err).NotTo(HaveOccurred())
			if end == "unanswered FIN" {
				g.Expect(got).To(BeEmpty())
				return
			}
			g.Expect(got).To(HavePrefix("HTTP/1.1 200 OK\r\n"))
			g.Expect(got).To(ContainSubstring("Connection: close\r\n"))
			g.Expect(strings.HasSuffix(got, "\r\n\r\n")).To(Equal(request[:4] == "HEAD"))
		})
	}
}

func TestRequestsOverTheWorkersWait(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{Workers: 1})
	crowd, err := upstream.Occupy(timely(t), origin.Addr(), 1)
	g.Expect(err).NotTo(HaveOccurred())
	c := dial(t, origin.Addr())
	c.send(get("late"))
	g.Expect(c.silent()).To(BeTrue())
	g.Expect(origin.HitsOf("late")).To(HaveLen(1), "accepted and read")
	crowd.Release()
	response, _ := c.answer()
	g.Expect(response.StatusCode).To(Equal(http.StatusOK))
}

func TestCloseEndsEveryConnectionAtOnce(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{Workers: 1})
	_, err := upstream.Occupy(timely(t), origin.Addr(), 1)
	g.Expect(err).NotTo(HaveOccurred())
	idle, waiting := dial(t, origin.Addr()), dial(t, origin.Addr())
	waiting.send(get("waiting"))
	_, err = origin.WaitHit(timely(t), "waiting")
	g.Expect(err).NotTo(HaveOccurred())
	g.Eventually(origin.Accepted).WithTimeout(patience).Should(Equal(3))

	begun := time.Now()
	g.Expect(origin.Close()).To(Succeed())
	g.Expect(origin.Close()).To(Succeed())
	g.Expect(time.Since(begun)).To(BeNumerically("<", 5*time.Second),
		"half of what a handshake may take, which is the longest that it could wait for")
	for _, c := range []*client{idle, waiting} {
		got, err := c.rest()
		g.Expect(got, err).To(BeEmpty())
	}
	again, err := upstream.Start(origin.Addr(), upstream.Options{})
	g.Expect(err).NotTo(HaveOccurred(), "the address is free")
	healthy(t, again.Addr())
	g.Expect(again.Close()).To(Succeed())
}

func TestStartSaysWhatIsWrongWithItsAddress(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	_, err := upstream.Start(origin.Addr(), upstream.Options{})
	g.Expect(err).To(MatchError(ContainSubstring("start upstream: listen tcp " + origin.Addr())))
}
