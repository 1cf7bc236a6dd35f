package upstream_test

import (
	"context"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func startProcess(t *testing.T, o upstream.ProcessOptions) *upstream.Process {
	t.Helper()
	p, err := upstream.StartProcess(timely(t), "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func refuses(t *testing.T, addr string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	NewWithT(t).Expect(err).To(MatchError(syscall.ECONNREFUSED), "got %v", conn)
}

func TestProcessAnswersAndRecords(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{Name: "bystander"})
	g.Expect(p.PID()).NotTo(Equal(os.Getpid()))
	c := dial(t, p.Addr())
	c.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n" + stamp.Nonce + ": n\r\n\r\nabc")
	response, body := c.answer()
	g.Expect(stamp.Check(response.Header, []byte(body), "bystander", "n")).To(Succeed())
	_, err := p.WaitHit(timely(t), "n")
	g.Expect(err).NotTo(HaveOccurred())
	g.Eventually(func() int64 { return p.HitsOf("n")[0].BodyBytes }).WithTimeout(patience).Should(BeEquivalentTo(3))
	hit := p.HitsOf("n")[0]
	g.Expect(hit.Method + " " + hit.Path).To(Equal("POST /x"))
	g.Expect(hit.Remote.String()).To(Equal(c.LocalAddr().String()))
	g.Expect(p.Accepted()).To(Equal(1))
}

func TestKillIsAFINForTheClientAndARefusalForTheNext(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{Script: upstream.Hold})
	c := dial(t, p.Addr())
	c.send(get("n"))
	_, err := p.WaitHit(timely(t), "n")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(c.silent()).To(BeTrue())

	g.Expect(p.Kill()).To(Succeed())
	g.Expect(p.Kill()).To(Succeed())
	g.Expect(p.Exited()).To(BeClosed())
	got, err := c.rest()
	g.Expect(got, err).To(BeEmpty())
	refuses(t, p.Addr())

	addr := p.Addr()
	g.Expect(p.Respawn(timely(t), upstream.Healthy)).To(Succeed())
	g.Expect(p.Addr()).To(Equal(addr))
	healthy(t, addr)
	hit, err := p.WaitHit(timely(t), "steady")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(hit.Connection).To(Equal(2), "numbered on after the first life")
	g.Expect(p.Respawn(timely(t), upstream.Healthy)).To(MatchError(ContainSubstring("still lives")))
	g.Expect(p.Kill()).To(Succeed())
	reusable(t, addr)
}

func TestCrashOnRequestOnAnOpenConnection(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{})
	c := dial(t, p.Addr())
	c.send(get("before"))
	c.answer()
	g.Expect(p.Play(timely(t), upstream.CrashOnRequest)).To(Succeed())
	c.send(get("n"))
	got, err := c.rest()
	g.Expect(got, err).To(BeEmpty())
	g.Eventually(p.Exited()).WithTimeout(patience).Should(BeClosed())
	g.Expect(p.HitsOf("n")).To(HaveLen(1))
	refuses(t, p.Addr())
	g.Expect(p.Play(timely(t), upstream.Healthy)).NotTo(Succeed())
	g.Expect(p.Freeze()).NotTo(Succeed())

	// Twice the same start is a crash loop.
	for range 2 {
		g.Expect(p.Respawn(timely(t), upstream.CrashOnRequest)).To(Succeed())
		c := dial(t, p.Addr())
		c.send(get("loop"))
		got, err := c.rest()
		g.Expect(got, err).To(BeEmpty())
		g.Eventually(p.Exited()).WithTimeout(patience).Should(BeClosed())
	}
	g.Expect(p.HitsOf("loop")).To(HaveLen(2))
}

func TestFrozenProcessAcceptsAndIsSilentUntilItThaws(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{})
	open := dial(t, p.Addr())
	open.send(get("before"))
	open.answer()
	for range 3 {
		g.Expect(p.Freeze()).To(Succeed())
		g.Expect(p.Freeze()).To(Succeed())
		fresh := dial(t, p.Addr()) // the kernel accepts
		fresh.send(get("fresh"))
		open.send(get("open"))
		g.Expect(fresh.silent()).To(BeTrue())
		g.Expect(open.silent()).To(BeTrue())
		short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		g.Expect(p.Play(short, upstream.Healthy)).To(MatchError(context.DeadlineExceeded))
		cancel()

		g.Expect(p.Thaw()).To(Succeed())
		for _, c := range []*client{fresh, open} {
			response, _ := c.answer()
			g.Expect(response.StatusCode).To(Equal(200))
		}
		g.Expect(p.Play(timely(t), upstream.Healthy)).To(Succeed())
	}
	g.Expect(p.Freeze()).To(Succeed())
	g.Expect(p.Kill()).To(Succeed(), "the frozen can be killed")
}

func TestStartProcessSaysWhatIsWrong(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	_, err := upstream.StartProcess(timely(t), origin.Addr(), upstream.ProcessOptions{})
	g.Expect(err).To(MatchError(And(ContainSubstring(origin.Addr()), ContainSubstring("address already in use"))))
	_, err = upstream.StartProcess(timely(t), "127.0.0.1:0", upstream.ProcessOptions{Script: "cash-on-request"})
	g.Expect(err).To(MatchError(`start upstream process: no script "cash-on-request"; there are: crash-after-head, ` +
		`crash-on-request, healthy, hold`))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = upstream.StartProcess(ended, "127.0.0.1:0", upstream.ProcessOptions{})
	g.Expect(err).To(MatchError(context.Canceled))
}
