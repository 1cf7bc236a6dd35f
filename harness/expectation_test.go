package harness

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
)

func TestNoAnswerIsSilenceOnAConnection(t *testing.T) {
	for _, c := range []struct {
		seen Observation
		ok   bool
	}{
		{Observation{End: client.Closed}, true},
		{Observation{End: client.Reset}, true},
		{Observation{End: client.TimedOut}, true},
		{Observation{End: client.Refused}, false},
		{Observation{End: client.Malformed}, false},
		{Observation{End: client.TimedOut, Status: http.StatusForbidden, By: ByGateway}, false},
		{Observation{End: client.Complete, Status: http.StatusForbidden, By: ByGateway}, false},
	} {
		checks := checkAnswer(c.seen, Expectation{By: ByNobody}, time.Second)
		if len(checks) != 1 || checks[0].Name != CheckStatus || checks[0].OK != c.ok {
			t.Errorf("%s where no answer is wanted: got %v, want one check of the status that is %t", c.seen, checks, c.ok)
		}
	}
}
