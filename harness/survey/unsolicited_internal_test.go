package survey

import (
	"testing"
	"time"
)

// A connection that a request of a client's caused, and did not use, is no check.
func TestSpareConnectionsAreNoChecks(t *testing.T) {
	start := time.Unix(0, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	requests := []span{{at(100), at(200)}, {at(300), at(400)}}
	for _, c := range []struct {
		name  string
		times []time.Time
		spare bool
	}{
		{"during a request", []time.Time{at(150)}, true},
		{"at the begin of one, and at the end of another", []time.Time{at(100), at(400)}, true},
		{"between two", []time.Time{at(250)}, false},
		{"during a request, and later with none", []time.Time{at(350), at(500)}, false},
		{"before all", []time.Time{at(50)}, false},
	} {
		if got := allWithin(c.times, requests); got != c.spare {
			t.Errorf("%s: spare is %v, want %v", c.name, got, c.spare)
		}
	}
}
