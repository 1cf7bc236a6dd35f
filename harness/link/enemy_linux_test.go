package link

import (
	"io"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestEnemyStopWaitsForTheDialToTheOrigin(t *testing.T) {
	g := NewWithT(t)
	origin, open := blackhole(t)
	p := raw(t, origin)
	dial(t, p.Listen)
	stopped := make(chan bool)
	// The dial comes after the accept: a stop at once might be early enough.
	g.Eventually(dialling).WithArguments(t, origin).WithTimeout(soon).Should(Equal(1))
	go func() { p.Stop(); close(stopped) }()
	g.Consistently(stopped, 300*time.Millisecond).ShouldNot(BeClosed())
	open() // the next SYN, one to three seconds after the first, is refused
	g.Eventually(stopped, soon).Should(BeClosed())
}

func TestEnemyAddWaitsForAClientThatDoesNotRead(t *testing.T) {
	g := NewWithT(t)
	p := raw(t, serve(t, blast(64<<20)))
	c := dial(t, p.Listen)
	jam(t, c)
	added := make(chan error, 1)
	go func() {
		_, err := p.Toxics.AddToxicJson(strings.NewReader(`{"type":"latency","attributes":{"latency":1}}`))
		added <- err
	}()
	g.Consistently(added, 300*time.Millisecond).ShouldNot(Receive())
	go func() { _, _ = io.Copy(io.Discard, c) }() // reading on is the one thing that frees it
	g.Eventually(added, soon).Should(Receive(BeNil()))
}
