package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
)

// crowd is what clients got: so many were served, so many got a 500 of the gateway's, so many no answer.
func crowd(served, failed, unanswered int) []record.Observation {
	return slices.Concat(
		slices.Repeat([]record.Observation{
			{Status: 200, By: record.ByUpstream, End: client.Complete, Steady: true},
		}, served),
		slices.Repeat([]record.Observation{{Status: 500, By: record.ByGateway, End: client.Complete}}, failed),
		slices.Repeat([]record.Observation{{End: client.Reset}}, unanswered/2),
		slices.Repeat([]record.Observation{{End: client.Closed}}, unanswered-unanswered/2),
	)
}

// TestOnlyTheSurplusOfALoadCounts: what a load did not get before anything was broken is excused, as far as chance
// goes, for each kind of answer by itself.
func TestOnlyTheSurplusOfALoadCounts(t *testing.T) {
	for name, c := range map[string]struct {
		before, in []record.Observation
		counts     int
	}{
		"none before":                      {crowd(16, 0, 0), crowd(10, 6, 0), 6},
		"as many":                          {crowd(12, 4, 0), crowd(12, 4, 0), 0},
		"more, as chance goes":             {crowd(15, 1, 0), crowd(11, 5, 0), 0},
		"more than chance":                 {crowd(15, 1, 0), crowd(6, 10, 0), 4},
		"other answers":                    {crowd(12, 4, 0), crowd(10, 0, 6), 6},
		"no answer, whichever way it ends": {crowd(12, 0, 4), crowd(12, 0, 4), 0},
	} {
		l := limits{left: map[string]map[string]int{}, why: map[string]string{}}
		steady := func(o record.Observation) bool { return o.Steady }
		l.add("POST", len(c.before), slices.DeleteFunc(slices.Clone(c.before), steady))
		l.excuse("POST", c.in)
		counts := 0
		for _, o := range c.in {
			if !o.Steady && o.Excused == "" {
				counts++
			}
			if o.Excused != "" && !strings.Contains(o.Excused, "before anything was broken") {
				t.Errorf("%s: got %q, want the reason", name, o.Excused)
			}
		}
		if counts != c.counts {
			t.Errorf("%s: got %d that count, want %d", name, counts, c.counts)
		}
	}
}

// TestLimitIsNamedByTheLog: the first line that tells of a limit of the gateway's own, whatever else is there.
func TestLimitIsNamedByTheLog(t *testing.T) {
	log := []string{
		"2026/03/01 10:00:00 [error] 7#7: *1 upstream prematurely closed connection while reading response header",
		"2026/03/01 10:00:00 [alert] 7#7: 22 worker_connections are not enough",
	}
	if got := limitOf("nginx", log); !strings.Contains(got, "worker_connections") {
		t.Errorf("got %q, want the directive", got)
	}
	if got := limitOf("nginx", log[:1]); got != "" {
		t.Errorf("got %q of the upstream's doing, want nothing", got)
	}
}

// TestLimitOfAType: a line about a rule by which a client is refused is told from one about what the gateway lacks.
func TestLimitOfAType(t *testing.T) {
	lacks := "2026/03/01 10:00:00 [alert] 7#7: 22 worker_connections are not enough"
	refuses := `2026/03/01 10:00:00 [error] 31#31: *7 limiting requests, excess: 20.540 by zone "perip", client: 192.0.2.7`
	denied := proxystatus.HTTPRequestDenied
	if got := limitOf("nginx", []string{lacks}, denied); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
	if got := limitOf("nginx", []string{lacks, refuses}, denied); !strings.Contains(got, "limit_req") {
		t.Errorf("got %q, want the directive limit_req", got)
	}
}
