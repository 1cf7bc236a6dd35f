package link

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	. "github.com/onsi/gomega"
	"github.com/rs/zerolog"
)

// Tests called TestEnemy pin what Toxiproxy itself does, where this package or the harness relies on it or works
// around it. One that fails after an update says that a workaround may go, or that a promise of this package no
// longer holds.

// raw returns a bare proxy to origin, that this package has no part in.
func raw(t testing.TB, origin string) *toxiproxy.Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "enemy", "127.0.0.1:0", origin)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func poison(t testing.TB, p *toxiproxy.Proxy, text string) {
	t.Helper()
	if _, err := p.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func heal(t testing.TB, p *toxiproxy.Proxy, name string) {
	t.Helper()
	if err := p.Toxics.RemoveToxic(context.Background(), name); err != nil {
		t.Fatal(err)
	}
}

func howItEnds(t testing.TB, c net.Conn) string {
	t.Helper()
	_, how := end(c)
	return how
}

func TestEnemyListenIsRewrittenToTheRealPort(t *testing.T) {
	NewWithT(t).Expect(raw(t, "127.0.0.1:1").Listen).NotTo(HaveSuffix(":0"))
}

func TestEnemyRefusedOriginIsMasked(t *testing.T) {
	p := raw(t, "127.0.0.1:1")
	c := dial(t, p.Listen) // succeeds
	NewWithT(t).Expect(howItEnds(t, c)).To(Equal("FIN"))
}

func TestEnemyResetByTheOriginIsMaskedAsAFIN(t *testing.T) {
	p := raw(t, serve(t, func(c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1))
		_ = c.SetLinger(0)
	}))
	c := dial(t, p.Listen)
	send(t, c, "x")
	NewWithT(t).Expect(howItEnds(t, c)).To(Equal("FIN"))
}

func TestEnemyHalfCloseLosesTheAnswer(t *testing.T) {
	g := NewWithT(t)
	answerAtEOF := func(c *net.TCPConn) {
		_, _ = io.Copy(io.Discard, c)
		_, _ = c.Write([]byte("answer"))
	}
	origin := serve(t, answerAtEOF)
	for addr, want := range map[string]int{origin: len("answer"), raw(t, origin).Listen: 0} {
		c := dial(t, addr)
		g.Expect(c.CloseWrite()).To(Succeed())
		read, _ := end(c)
		g.Expect(read).To(Equal(want))
	}
}

func TestEnemyStopFreesThePort(t *testing.T) {
	p := raw(t, "127.0.0.1:1")
	p.Stop()
	other, err := net.Listen("tcp", p.Listen)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	_ = other.Close()
}

func TestEnemyUnknownAttributeIsTakenForZero(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, "127.0.0.1:1")
	toxic, err := p.Toxics.AddToxicJson(strings.NewReader(`{"type":"latency","attributes":{"latncy":500}}`))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(toxic.Toxic).To(Equal(&toxics.LatencyToxic{}))
}

func TestEnemyNegativeLatencyIsAccepted(t *testing.T) {
	poison(t, raw(t, "127.0.0.1:1"), `{"type":"latency","attributes":{"latency":-5}}`)
}
