package record

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

func TestPoolSampleCountsWhatWasFelt(t *testing.T) {
	served := Observation{Status: http.StatusOK, By: ByUpstream, End: client.Complete, Took: 3}
	slow, lost := served, Observation{Status: http.StatusBadGateway, By: ByGateway, End: client.Complete}
	slow.Took = 900
	s := PoolSample{}
	for i, o := range []Observation{served, lost, served, slow, served} {
		if got, want := s.Add(o.Healthy(), o.Took >= 500), o.Status != http.StatusOK || o.Took > 500; got != want {
			t.Errorf("request %d: got felt %t, want %t", i+1, got, want)
		}
	}
	if want := (PoolSample{Requests: 5, Failed: 1, Delayed: 1, EjectedAfter: 4}); s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}
