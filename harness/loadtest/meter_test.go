package loadtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

func TestMeterCountsFromZero(t *testing.T) {
	m := NewMeter(site.RouteBalanced)
	counted := func() map[string]float64 {
		t.Helper()
		families, err := m.Gather()
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]float64{}
		for _, f := range families {
			for _, one := range f.GetMetric() {
				key := f.GetName()
				for _, l := range one.GetLabel() {
					key += " " + l.GetValue()
				}
				all[key] = one.GetCounter().GetValue() + one.GetHistogram().GetSampleSum()
			}
		}
		return all
	}
	before := counted()
	for _, name := range []string{
		"gatequake_client_sent_total /balanced/", "gatequake_client_requests_total gateway /balanced/ 502",
		"gatequake_client_request_duration_seconds /balanced/",
	} {
		if v, there := before[name]; v != 0 || !there {
			t.Errorf("%s: got %g, there %t, want a zero that is there", name, v, there)
		}
	}
	due := time.Now()
	m.started(site.RouteBalanced)
	m.observe(
		site.RouteBalanced,
		sample{
			due,
			record.Observation{Status: http.StatusBadGateway, By: record.ByGateway, Done: due.Add(2 * time.Second)},
		},
	)
	m.observe(site.RouteBalanced, sample{due, record.Observation{End: client.Reset, Done: due.Add(time.Second)}})
	after := counted()
	for name, want := range map[string]float64{
		"gatequake_client_sent_total /balanced/": 1, "gatequake_client_requests_total gateway /balanced/ 502": 1,
		"gatequake_client_requests_total gateway /balanced/ 504": 0,
		"gatequake_client_requests_total  /balanced/ none":       1,
		"gatequake_client_request_duration_seconds /balanced/":   3,
	} {
		if after[name] != want {
			t.Errorf("%s: got %g, want %g, of %v", name, after[name], want, after)
		}
	}
	var none *Meter
	none.started(site.RouteMain)
	none.observe(site.RouteMain, sample{})
}
