package upstream_test

import (
	"io"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/upstream"
)

func TestWithoutDescriptorsNothingIsAccepted(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{})
	before := dial(t, p.Addr())
	before.send(get("before"))
	_, _ = before.answer()
	restore, err := p.Exhaust()
	g.Expect(err).NotTo(HaveOccurred())
	c := dial(t, p.Addr())
	c.send(get("n"))
	g.Expect(c.silent()).To(BeTrue())
	before.send(get("again"))
	response, _ := before.answer()
	g.Expect(response.StatusCode).To(Equal(200), "what is open goes on")
	g.Expect(restore()).To(Succeed())
	response, _ = c.answer()
	g.Expect(response.StatusCode).To(Equal(200), "it was only waiting")
	g.Expect(p.Kill()).To(Succeed())
	g.Expect(restore()).To(Succeed())
}

func TestCrashAfterHeadDeliversWhatItSent(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{Script: upstream.CrashAfterHead})
	c := dial(t, p.Addr())
	c.send(get("n"))
	got, err := io.ReadAll(c.in)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(len(got)).To(BeNumerically(">", 256<<10))
	g.Expect(string(got[:15])).To(Equal("HTTP/1.1 200 OK"))
	g.Eventually(p.Exited()).WithTimeout(patience).Should(BeClosed())
	refuses(t, p.Addr())
}

func TestAProcessNeverAnswersOtherwiseThanItsScriptSays(t *testing.T) {
	g := leakless(t)
	p := startProcess(t, upstream.ProcessOptions{Script: upstream.CrashOnRequest})
	for range 5 {
		c := dial(t, p.Addr())
		c.send(get("n")) // The first requests of a life meet its script too.
		got, _ := c.rest()
		g.Expect(got).To(BeEmpty())
		g.Eventually(p.Exited()).WithTimeout(patience).Should(BeClosed())
		g.Expect(p.Respawn(timely(t), upstream.CrashOnRequest)).To(Succeed())
	}
}
