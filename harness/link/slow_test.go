package link

import (
	"io"
	"net"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestLatencyDelaysOpenAndNewConnectionsAlike(t *testing.T) {
	for _, stream := range []Stream{Downstream, Upstream} {
		t.Run(stream.String(), func(t *testing.T) {
			g := NewWithT(t)
			l := start(t, echo)
			open := dial(t, l.Addr())
			roundTrip(t, open, "before")
			undo := inject(t, l, Latency{Delay: 300 * time.Millisecond, Stream: stream})
			g.Expect(roundTrip(t, open, "open")).To(BeNumerically(">=", 300*time.Millisecond))
			g.Expect(roundTrip(t, dial(t, l.Addr()), "new")).To(BeNumerically(">=", 300*time.Millisecond))
			undo()
			undo()
			g.Eventually(func() time.Duration { return roundTrip(t, open, "after") }).WithTimeout(soon).
				Should(BeNumerically("<", 300*time.Millisecond), "shed, not dropped")
		})
	}
}

func TestBandwidthSlowsOpenAndNewConnectionsAlike(t *testing.T) {
	g := NewWithT(t)
	l := start(t, blast(30_000))
	fetch := func(c net.Conn) time.Duration {
		begin := time.Now()
		send(t, c, "?")
		_, err := io.ReadFull(c, make([]byte, 30_000))
		g.Expect(err).NotTo(HaveOccurred())
		return time.Since(begin)
	}
	open := dial(t, l.Addr())
	undo := inject(t, l, Bandwidth{BytesPerSecond: 100_000}) // 30 kB are 0.3 s
	g.Expect(fetch(open)).To(BeNumerically(">", 200*time.Millisecond))
	g.Expect(fetch(dial(t, l.Addr()))).To(BeNumerically(">", 200*time.Millisecond))
	undo()
	g.Eventually(func() time.Duration { return fetch(dial(t, l.Addr())) }).WithTimeout(soon).
		Should(BeNumerically("<", 200*time.Millisecond))
}
