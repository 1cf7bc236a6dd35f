package clientnet_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

func TestFaults(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	eachFault(t, func(t *testing.T, f *clientnet.Fault, n *clientnet.Network) {
		g := NewWithT(t)
		g.Expect(visit(t, n, "before").Status).To(Equal(http.StatusOK))
		i, err := f.Inject(t.Context(), n)
		g.Expect(err).NotTo(HaveOccurred())
		t.Cleanup(func() { _ = i.Undo(context.Background()) })
		for range 2 {
			evidence, err := i.Confirm(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			t.Log(evidence)
		}
		g.Expect(f.Broken(observe(t, n, f, f.Sees != clientnet.NoStatus))).To(BeEmpty())
		_, err = i.Confirm(t.Context())
		g.Expect(err).NotTo(HaveOccurred(), "to the end")
		for range 2 {
			g.Expect(i.Undo(t.Context())).To(Succeed())
		}
		_, err = i.Confirm(t.Context())
		g.Expect(f.Sees == clientnet.Served || err != nil).To(BeTrue(), "a confirmation that cannot fail confirms nothing")
		after := visit(t, n, "after")
		g.Expect(after.Status).To(Equal(http.StatusOK), "%s %s", after.End, after.Error)
	})
}

// observe asks as the fault wants to be asked, and waits for a long time if the answer is expected.
func observe(t *testing.T, n *clientnet.Network, f *clientnet.Fault, expected bool) (s clientnet.Outcome) {
	t.Helper()
	g := NewWithT(t)
	other, err := (&http.Client{Timeout: patience}).Get("http://" + site.String())
	g.Expect(err).NotTo(HaveOccurred())
	_ = other.Body.Close()
	s.OtherClient = other.StatusCode

	mark, err := n.Tap.Mark()
	g.Expect(err).NotTo(HaveOccurred())
	nonce, within := rand.Text(), map[bool]time.Duration{true: patience, false: soon}[expected]
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	r := client.Request{
		Method: http.MethodGet, Target: "/", Host: name,
		Header: []client.Field{{Name: stamp.Nonce, Value: nonce}},
	}
	if f.MinRequestBytes > 0 {
		r.Header = append(r.Header, client.Field{Name: "Cookie", Value: strings.Repeat("x", f.MinRequestBytes)})
	}
	answer := n.Browser.Ask(ctx, n.Site.Destination(), client.Way{},
		func(c *client.Conn) client.Response { return c.Do(ctx, r) })
	t.Logf("%s: %d, %s %s", f.ID, answer.Status, answer.End, answer.Error)
	s.TapRecord, err = n.Tap.Since(mark, nonce)
	g.Expect(err).NotTo(HaveOccurred())
	s.Status, s.BySite = answer.Status, slices.Contains(s.Sent, answer.Status)
	return s
}

// What a request waits that is to be answered, and what one that is not: the latter is no bound on anything.
const (
	patience = 10 * time.Second
	soon     = time.Second
)

// Every remedy is tried on every fault: what is said to end it does, and nothing else.
func TestRemedies(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	eachFault(t, func(t *testing.T, f *clientnet.Fault, n *clientnet.Network) {
		if f.Sees == clientnet.Served {
			return // There is nothing to end.
		}
		g := NewWithT(t)
		for _, r := range clientnet.Remedies() {
			g.Expect(visit(t, n, "before").Status).To(Equal(http.StatusOK))
			i, err := f.Inject(t.Context(), n)
			g.Expect(err).NotTo(HaveOccurred())
			_, err = i.Confirm(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(r.Try(t.Context(), n)).To(Succeed())
			want := slices.Contains(f.EndedBy, r.ID)
			s := observe(t, n, f, want)
			g.Expect(s.Status == http.StatusOK && s.BySite).To(Equal(want), r.ID)
			g.Expect(i.Undo(t.Context())).To(Succeed())
		}
	})
}
