package harness

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
		name   string
		course course
		want   Help
		why    string
	}{
		{"nothing was seen", course{}, NotApplicable, "no failure"},
		{"there was no failure", course{saw: well, then: well}, NotApplicable, "no failure: 200 by upstream"},
		{"the same again", course{saw: bad, then: bad}, DoesNotHelp, "502 by gateway again"},
		{"another failure", course{saw: bad, then: late}, DoesNotHelp, "then 504 by gateway"},
		{"no answer at all", course{saw: nothing, then: nothing}, DoesNotHelp, "no answer: refused again"},
		{"service", course{saw: bad, then: well}, Helps, "served"},
		{"service where a refresh fails", course{saw: bad, then: well, without: bad}, Helps, "served"},
		{"service where a refresh does, too", course{saw: bad, then: well, without: well}, DoesNotHelp, "who only refreshes"},
		{"a failure that outlives its cause", course{saw: bad, then: bad, overWithout: stale, over: well}, Helps, "from the client's cache"},
		{"service when it is over, anyway", course{saw: bad, then: bad, overWithout: well, over: well}, DoesNotHelp, "again"},
		{"failure when it is over, anyway", course{saw: bad, then: bad, overWithout: bad, over: bad}, DoesNotHelp, "again"},
		{"not tried", course{saw: bad}, "", "not tried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Attempt{}
			a.decide(c.course, Observation.Healthy)
			if unseen := strings.Contains(a.Reason, "saw no failure"); a.Unseen != unseen {
				t.Errorf("unseen: got %t, want %t", a.Unseen, unseen)
			}
			if a.Outcome != c.want || !strings.Contains(a.Reason, c.why) {
				t.Errorf("got %q (%s), want %q with %q", a.Outcome, a.Reason, c.want, c.why)
			}
		})
	}
}
