package link

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	client "github.com/Shopify/toxiproxy/v2/client"
	"github.com/rs/zerolog"
)

// BenchmarkInjectEmbedded injects a toxic and takes it back, as every experiment does.
func BenchmarkInjectEmbedded(b *testing.B) {
	l := to(b, "127.0.0.1:1")
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		undo, err := l.Inject(ctx, Latency{Delay: time.Millisecond})
		if err != nil {
			b.Fatal(err)
		}
		if err := undo(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInjectHTTP does the same through Toxiproxy's API and its own client, served by this process.
func BenchmarkInjectHTTP(b *testing.B) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	api := httptest.NewServer(server.Routes())
	defer api.Close()
	proxy, err := client.NewClient(strings.TrimPrefix(api.URL, "http://")).CreateProxy("bench", "127.0.0.1:0",
		"127.0.0.1:1")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = server.Collection.Clear() }()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := proxy.AddToxic("t", "latency", "downstream", 1, client.Attributes{"latency": 1}); err != nil {
			b.Fatal(err)
		}
		if err := proxy.RemoveToxic("t"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse stops the listener and starts a fresh one.
func BenchmarkRefuse(b *testing.B) {
	l := to(b, "127.0.0.1:1")
	for b.Loop() {
		inject(b, l, Refuse{})()
	}
}

// BenchmarkLatencyAccuracy reports how much longer than asked a round trip takes, over the median round trip
// without a toxic.
func BenchmarkLatencyAccuracy(b *testing.B) {
	for _, delay := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond} {
		b.Run(delay.String(), func(b *testing.B) {
			l := to(b, serve(b, echo))
			c := dial(b, l.Addr())
			_ = c.SetDeadline(time.Time{}) // a benchmark runs for as long as it is told to
			const enough = 200             // for a median of what takes tens of microseconds
			plain := make([]time.Duration, enough)
			for i := range plain {
				plain[i] = roundTrip(b, c, "x")
			}
			slices.Sort(plain)
			inject(b, l, Latency{Delay: delay})
			var extra []time.Duration
			for b.Loop() {
				extra = append(extra, roundTrip(b, c, "x")-plain[enough/2]-delay)
			}
			slices.Sort(extra)
			b.ReportMetric(float64(extra[len(extra)/2].Microseconds()), "p50-extra-µs")
			b.ReportMetric(float64(extra[len(extra)*99/100].Microseconds()), "p99-extra-µs")
		})
	}
}
