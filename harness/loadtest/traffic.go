package loadtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stats"
)

// Traffic is the record of what came of a Load.
type Traffic struct {
	// Name is that of the load.
	Name string `json:"name,omitempty"`
	// Probe says what each client asked, such as "GET /"; Rate how many set out in a second, Requests in all.
	Probe    string `json:"probe"`
	Rate     int    `json:"rate"`
	Requests int    `json:"requests"`
	// Answers counts them by what Observation.String says of each.
	Answers map[string]int `json:"answers"`
	// P50, P95 and P99 are how long so many of a hundred clients waited at most, in milliseconds from when they were
	// due to set out to the end of their answer, or of their wait for one. They are waits that were measured (nearest
	// rank).
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	// ScheduleDelay is how late a client set out at most, in milliseconds: of a machine that was too busy for the load.
	ScheduleDelay float64 `json:"lag_ms"`
	// FailedUntil is when the last client was due that was not served, in milliseconds from when the first was;
	// negative if all were served. Where the cause goes on, the gateway avoids it from then on.
	FailedUntil float64 `json:"failed_until_ms"`
	// Again is how many requests reached the upstreams more than once, as the gateway sent them again.
	Again int `json:"again"`

	samples []sample // in the order in which they were due
}

// sample is one client of a load: when it was due to set out, and what it saw.
type sample struct {
	due time.Time
	record.Observation
}

// waited is how long the client waited from when it was due, in milliseconds.
func (m sample) waited() float64 { return record.MS(m.Done.Sub(m.due)) }

// newTraffic sums the samples up; there must be one at least.
func newTraffic(l Load, all []sample) Traffic {
	slices.SortFunc(all, func(a, b sample) int { return a.due.Compare(b.due) })
	t := Traffic{Name: l.Name, Rate: l.Rate, Requests: len(all), Answers: map[string]int{}, FailedUntil: -1, samples: all}
	waits := []float64{}
	for _, m := range all {
		t.Probe = m.Probe
		t.Answers[m.String()]++
		t.ScheduleDelay = max(t.ScheduleDelay, record.MS(m.Began.Sub(m.due)))
		if m.Hits > 1 {
			t.Again++
		}
		if !m.Healthy() {
			t.FailedUntil = record.MS(m.due.Sub(all[0].due))
		}
		waits = append(waits, m.waited())
	}
	slices.Sort(waits)
	t.P50, t.P95, t.P99 = stats.Quantile(waits, 0.50), stats.Quantile(waits, 0.95), stats.Quantile(waits, 0.99)
	return t
}

// Served is how many got the upstream's own 200, whole.
func (t Traffic) Served() int { return t.count(record.Observation.Healthy) }

// Failed is how many did not.
func (t Traffic) Failed() int { return t.Requests - t.Served() }

// BadGateways is how many got a whole 502 that the gateway wrote.
func (t Traffic) BadGateways() int {
	return t.count(func(o record.Observation) bool { return refusedWith(o, http.StatusBadGateway) })
}

// Honest is how many of those that were not served were told so by the gateway, in a whole 502, 503 or 504 of its own.
func (t Traffic) Honest() int {
	return t.count(func(o record.Observation) bool {
		return refusedWith(o, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout)
	})
}

// refusedWith reports whether the answer is the gateway's own, with one of the statuses.
func refusedWith(o record.Observation, statuses ...int) bool {
	return o.Answered() && o.By == record.ByGateway && slices.Contains(statuses, o.Status)
}

// Share is how much n requests are of all.
func (t Traffic) Share(n int) float64 { return float64(n) / float64(max(t.Requests, 1)) }

func (t Traffic) count(is func(record.Observation) bool) (n int) {
	for _, m := range t.samples {
		if is(m.Observation) {
			n++
		}
	}
	return n
}

// Shares tells what the clients got, the most frequent first: "90.0 % 200 by upstream, 10.0 % 502 by gateway".
func (t Traffic) Shares() string {
	kinds := slices.Sorted(maps.Keys(t.Answers))
	slices.SortStableFunc(kinds, func(a, b string) int { return t.Answers[b] - t.Answers[a] })
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%.1f %% %s", 100*float64(t.Answers[k])/float64(t.Requests), k)
	}
	return strings.Join(kinds, ", ")
}

// String sums the record up in a line.
func (t Traffic) String() string {
	failed := "none failed"
	if t.FailedUntil >= 0 {
		failed = fmt.Sprintf("the last failed after %.0f ms", t.FailedUntil)
	}
	return fmt.Sprintf(
		"%d × %s at %d a second: %s; %s; p50 %.0f ms, p95 %.0f ms, p99 %.0f ms; %d sent again by the gateway; set out "+
			"%.0f ms late at most",
		t.Requests,
		t.Probe,
		t.Rate,
		t.Shares(),
		failed,
		t.P50,
		t.P95,
		t.P99,
		t.Again,
		t.ScheduleDelay,
	)
}
