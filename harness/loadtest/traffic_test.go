package loadtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stats"
)

// loaded is the traffic of clients a tenth of a second apart, of whom each was late by 5 ms and waited for 20 more.
func loaded(seen ...record.Observation) Traffic {
	start, all := time.Now(), []sample{}
	for i, o := range seen {
		due := start.Add(time.Duration(i) * 100 * time.Millisecond)
		o.Probe, o.Began, o.Done = "GET /", due.Add(5*time.Millisecond), due.Add(25*time.Millisecond)
		all = append([]sample{{due, o}}, all...) // Not in their order: answers come as they will.
	}
	return newTraffic(Load{Rate: 10}, all)
}

func TestTrafficCounts(t *testing.T) {
	whole := func(status int, by record.Author) record.Observation {
		return record.Observation{Status: status, By: by, End: client.Complete, Hits: 1}
	}
	again := whole(http.StatusOK, record.ByUpstream)
	again.Hits = 2
	cut := whole(http.StatusBadGateway, record.ByGateway)
	cut.End = client.Truncated
	got := loaded(
		whole(200, record.ByUpstream),
		again,
		whole(502, record.ByGateway),
		whole(504, record.ByGateway),
		whole(503, record.ByUpstream),
		cut,
		record.Observation{End: client.Reset},
		whole(200, record.ByGateway),
		whole(200, record.ByUpstream),
	)
	for what, c := range map[string]struct{ got, want int }{
		"served": {got.Served(), 3}, "failed": {got.Failed(), 6}, "bad gateways": {got.BadGateways(), 1}, "honest": {
			got.Honest(), 2,
		},
		"again": {got.Again, 1}, "kinds": {len(got.Answers), 7}, "200": {got.Answers["200 by upstream"], 3}, "failed until": {
			int(got.FailedUntil), 700,
		},
		"wait": {int(got.P50), 25}, "lag": {int(got.ScheduleDelay), 5}, "requests": {got.Requests, 9},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", what, c.got, c.want)
		}
	}
	if all := loaded(again); all.FailedUntil >= 0 {
		t.Errorf("all served: got the last failure after %g ms, want none", all.FailedUntil)
	}
}

// TestTrafficCountsWhatALateClientWaited stands against coordinated omission: who set out late waited from when he
// was due.
func TestTrafficCountsWhatALateClientWaited(t *testing.T) {
	due := time.Now()
	late := sample{
		due,
		record.Observation{Took: 1, Began: due.Add(time.Second), Done: due.Add(time.Second + time.Millisecond)},
	}
	if got := newTraffic(Load{Rate: 1}, []sample{late}); got.P99 != 1001 || got.ScheduleDelay != 1000 {
		t.Errorf("got a wait of %g ms, %g late, want 1001 and 1000", got.P99, got.ScheduleDelay)
	}
}

func TestQuantile(t *testing.T) {
	twenty := []float64{}
	for i := range 20 {
		twenty = append(twenty, float64(i+1))
	}
	for _, c := range []struct {
		of      []float64
		q, want float64
	}{{twenty, 0.5, 10}, {twenty, 0.95, 19}, {twenty, 1, 20}, {twenty, 0, 1}, {twenty[:1], 0.95, 1}, {nil, 0.5, 0}} {
		if got := stats.Quantile(c.of, c.q); got != c.want {
			t.Errorf("share %g of %d: got %g, want %g", c.q, len(c.of), got, c.want)
		}
	}
}
