package record

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

// TestAttempt holds every course that an attempt can take against its outcome.
func TestAttempt(t *testing.T) {
	well := &Observation{Status: http.StatusOK, By: ByUpstream, End: client.Complete}
	bad := &Observation{Status: http.StatusBadGateway, By: ByGateway, End: client.Complete}
	late := &Observation{Status: http.StatusGatewayTimeout, By: ByGateway, End: client.Complete}
	stale := &Observation{Status: http.StatusBadGateway, By: ByGateway, End: client.Complete, Cached: true}
	nothing := &Observation{End: client.Refused}
	for _, c := range []struct {
		name  string
		trace Trace
		want  Help
		why   string
	}{
		{"nothing was seen", Trace{}, NotApplicable, "no failure"},
		{"there was no failure", Trace{Saw: well, Then: well}, NotApplicable, "no failure: 200 by upstream"},
		{"the same again", Trace{Saw: bad, Then: bad}, Ineffective, "502 by gateway again"},
		{"another failure", Trace{Saw: bad, Then: late}, Ineffective, "then 504 by gateway"},
		{"no answer at all", Trace{Saw: nothing, Then: nothing}, Ineffective, "no answer: refused again"},
		{"service", Trace{Saw: bad, Then: well}, Effective, "served"},
		{"service where a refresh fails", Trace{Saw: bad, Then: well, Without: bad}, Effective, "served"},
		{
			"service where a refresh does, too",
			Trace{Saw: bad, Then: well, Without: well},
			Ineffective,
			"who only refreshes",
		},
		{
			"a failure that outlives its cause",
			Trace{Saw: bad, Then: bad, OverWithout: stale, Over: well},
			Effective, "from the client's cache",
		},
		{
			"service when it is over, anyway",
			Trace{Saw: bad, Then: bad, OverWithout: well, Over: well},
			Ineffective, "again",
		},
		{
			"failure when it is over, anyway",
			Trace{Saw: bad, Then: bad, OverWithout: bad, Over: bad},
			Ineffective,
			"again",
		},
		{"not tried", Trace{Saw: bad}, "", "not tried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := RemedyOutcome{}
			a.Decide(c.trace, Observation.Healthy)
			if unseen := strings.Contains(a.Reason, "saw no failure"); a.Unseen != unseen {
				t.Errorf("unseen: got %t, want %t", a.Unseen, unseen)
			}
			if a.Outcome != c.want || !strings.Contains(a.Reason, c.why) {
				t.Errorf("got %q (%s), want %q with %q", a.Outcome, a.Reason, c.want, c.why)
			}
		})
	}
}
