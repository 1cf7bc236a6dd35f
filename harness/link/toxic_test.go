package link

import (
	"context"
	"math"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestInjectValidates(t *testing.T) {
	noLeak(t)
	l := to(t, "127.0.0.1:1")
	const ms, half = time.Millisecond, time.Microsecond * 500
	for _, c := range []struct {
		toxic Toxic
		want  string
	}{
		{nil, "inject toxic: got nil, want a toxic such as link.Refuse{}"},
		{Latency{}, "Delay: got 0s, want whole milliseconds, 1ms or more"},
		{Latency{Delay: -ms}, "Delay: got -1ms, want"},
		{Latency{Delay: half}, "Delay: got 500µs, want"},
		{Latency{Delay: ms, Jitter: -ms}, "Jitter: got -1ms, want"},
		{Latency{Delay: ms, Jitter: 2 * ms}, "Jitter: got 2ms, want at most the Delay of 1ms"},
		{Latency{Delay: ms, Stream: 7}, "Stream: got Stream(7), want downstream or upstream"},
		{Bandwidth{}, "BytesPerSecond: got 0, want a positive multiple of 1000"},
		{Bandwidth{BytesPerSecond: -1000}, "BytesPerSecond: got -1000, want"},
		{Bandwidth{BytesPerSecond: 1500}, "BytesPerSecond: got 1500, want"},
		{Bandwidth{BytesPerSecond: 1000, Stream: 2}, "Stream: got Stream(2), want"},
		{Reset{After: -ms}, "After: got -1ms, want whole milliseconds, 0s or more"},
		{Reset{Stream: 2}, "Stream: got Stream(2), want"},
		{Limit{Bytes: -1}, "Bytes: got -1, want 0 or more"},
		{Limit{Stream: 2}, "Stream: got Stream(2), want"},
		{Timeout{}, "After: got 0s downstream, want 1ms or more, or the upstream stream"},
		{Timeout{After: -ms, Stream: Upstream}, "After: got -1ms, want"},
		{Timeout{After: ms + half}, "After: got 1.5ms, want"},
		{Timeout{Stream: 2}, "Stream: got Stream(2), want"},
	} {
		_, err := l.Inject(context.Background(), c.toxic)
		NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.want)), "%v", c.toxic)
	}
	for _, toxic := range []Toxic{
		Latency{Delay: math.MaxInt64 / ms * ms, Jitter: math.MaxInt64 / ms * ms},
		Bandwidth{BytesPerSecond: math.MaxInt64 / 1000 * 1000},
		Reset{},
		Limit{},
		Timeout{Stream: Upstream},
		Timeout{After: ms},
		Refuse{},
	} {
		inject(t, l, toxic)()
	}
}

func TestToxicsAddUp(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	undoLimit := inject(t, l, Limit{Bytes: 3})
	undoLatency := inject(t, l, Latency{Delay: 200 * time.Millisecond})
	undoSame := inject(t, l, Latency{Delay: 200 * time.Millisecond})
	begin := time.Now()
	c := dial(t, l.Addr())
	send(t, c, "hello")
	read, how := end(c)
	g.Expect(read).To(Equal(3))
	g.Expect(how).To(Equal("FIN"))
	g.Expect(time.Since(begin)).To(BeNumerically(">=", 400*time.Millisecond))
	undoLimit()
	g.Expect(roundTrip(t, dial(t, l.Addr()), "hello")).To(BeNumerically(">=", 400*time.Millisecond))
	undoSame()
	g.Expect(roundTrip(t, dial(t, l.Addr()), "hello")).To(BeNumerically(">=", 200*time.Millisecond))
	undoLatency()
	g.Eventually(func() time.Duration { return roundTrip(t, dial(t, l.Addr()), "hello") }).WithTimeout(soon).
		Should(BeNumerically("<", 200*time.Millisecond))
}
