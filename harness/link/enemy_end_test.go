package link

import (
	"io"
	"net"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestEnemyResetNeedsAByte(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, serve(t, echo))
	poison(t, p, `{"type":"reset_peer"}`)
	c := dial(t, p.Listen)
	g.Expect(silent(c)).To(BeTrue())
	send(t, c, "x")
	g.Expect(howItEnds(t, c)).To(Equal("RST"))
}

func TestEnemyResetOnAnOpenConnectionIsAFin(t *testing.T) {
	p := raw(t, serve(t, echo))
	c := dial(t, p.Listen)
	roundTrip(t, c, "before")
	poison(t, p, `{"type":"reset_peer"}`)
	send(t, c, "x")
	NewWithT(t).Expect(howItEnds(t, c)).To(Equal("FIN"))
}

func TestEnemyResetOutlivesItsRemoval(t *testing.T) {
	p := raw(t, serve(t, echo))
	poison(t, p, `{"name":"r","type":"reset_peer"}`)
	c := dial(t, p.Listen)
	NewWithT(t).Expect(silent(c)).To(BeTrue()) // until both links are started
	heal(t, p, "r")
	roundTrip(t, c, "after")
	_ = c.CloseWrite()
	NewWithT(t).Expect(howItEnds(t, c)).To(Equal("RST"))
}

func TestEnemyRemovingAResetWaitsItsTimeOut(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, serve(t, echo))
	poison(t, p, `{"name":"r","type":"reset_peer","attributes":{"timeout":400}}`)
	c := dial(t, p.Listen)
	send(t, c, "x")
	g.Expect(silent(c)).To(BeTrue()) // the byte is in the toxic by now
	begin := time.Now()
	heal(t, p, "r")
	g.Expect(time.Since(begin)).To(BeNumerically(">", 50*time.Millisecond))
}

func TestEnemyLimitZeroEndsAtTheFirstByte(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, serve(t, echo))
	poison(t, p, `{"type":"limit_data"}`)
	c := dial(t, p.Listen)
	g.Expect(silent(c)).To(BeTrue())
	send(t, c, "x")
	read, how := end(c)
	g.Expect(read).To(BeZero())
	g.Expect(how).To(Equal("FIN"))
}

func TestEnemyLimitCountsFromWhenItIsAdded(t *testing.T) {
	p := raw(t, serve(t, echo))
	c := dial(t, p.Listen)
	roundTrip(t, c, "ten bytes.")
	poison(t, p, `{"type":"limit_data","attributes":{"bytes":10}}`)
	send(t, c, "and fourteen more")
	read, _ := end(c)
	NewWithT(t).Expect(read).To(Equal(10))
}

func TestEnemyTimeoutZeroDownstreamPassesAClose(t *testing.T) {
	g := NewWithT(t)
	for direction, hangs := range map[string]bool{"downstream": false, "upstream": true} {
		p := raw(t, serve(t, func(c *net.TCPConn) { _, _ = io.CopyN(c, c, 1) }))
		poison(t, p, `{"type":"timeout","stream":"`+direction+`","attributes":{"timeout":0}}`)
		c := dial(t, p.Listen)
		send(t, c, "x")
		g.Expect(silent(c)).To(Equal(hangs), direction)
	}
}

func TestEnemyTimeoutIsAnIdleTimer(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, serve(t, echo))
	poison(t, p, `{"type":"timeout","attributes":{"timeout":3000}}`)
	c := dial(t, p.Listen)
	// Longer than the timeout, in steps that are much shorter.
	for begin := time.Now(); time.Since(begin) < 3300*time.Millisecond; {
		send(t, c, "x")
		g.Expect(silent(c)).To(BeTrue(), "after %v", time.Since(begin))
	}
	g.Expect(howItEnds(t, c)).To(Equal("FIN"))
}

func TestEnemyRemovingATimeoutClosesTheConnection(t *testing.T) {
	p := raw(t, serve(t, echo))
	poison(t, p, `{"name":"t","type":"timeout","attributes":{"timeout":0}}`)
	c := dial(t, p.Listen)
	NewWithT(t).Expect(silent(c)).To(BeTrue())
	heal(t, p, "t")
	NewWithT(t).Expect(howItEnds(t, c)).To(Equal("FIN"))
}
