package remote

import (
	"cmp"
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/site/own"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestTolerancesAddUp: what a client may see besides is all that its protocol, its patience, its pool and its steady
// state allow, each by itself.
func TestTolerancesAddUp(t *testing.T) {
	upstreams := []gateway.Upstream{
		{
			Name:    "a",
			Address: "10.1.1.1",
			Port:    1,
			Speaks:  string(upstream.HTTP2Spoken),
		},
		{Name: "b", Address: "10.1.1.2", Port: 1, Speaks: string(upstream.HTTP2Spoken)},
	}
	file := &gateway.Own{Upstreams: upstreams}
	by := func(origin, call string) record.Observation {
		o := record.Observation{
			Status: 200,
			By:     record.ByUpstream,
			GRPC:   call,
			End:    client.Complete,
			After:  record.ConnectionUsable,
			Header: http.Header{stamp.Origin: {origin}},
		}
		if origin == "" {
			o.By = record.ByGateway
		}
		return o
	}
	moved := by("a", "")
	moved.Status, moved.Served = 307, true
	control := &record.Expectation{Statuses: []int{200}, By: record.ByUpstream}
	for name, c := range map[string]struct {
		protocol string
		pool     []string
		status   int // of the steady state; 200 if it is 0
		there    bool
		fault    catalog.Fault
		o        record.Observation
		ok       bool
	}{
		"a call, UNAVAILABLE": {
			gateway.GRPC, nil, 0, false, catalog.Fault{}, by("", record.GRPCUnavailable), true,
		},
		"a call that the broken one answered": {
			gateway.GRPC, nil, 0, false, catalog.Fault{}, by("a", record.GRPCOK), false,
		},
		"a call on a pool, UNAVAILABLE": {
			gateway.GRPC, []string{"a", "b"}, 0, false, catalog.Fault{}, by("", record.GRPCUnavailable), true,
		},
		"a call on a pool, served by the other": {
			gateway.GRPC, []string{"a", "b"}, 0, false, catalog.Fault{}, by("b", record.GRPCOK), true,
		},
		"a call on a pool, served by the broken one": {
			gateway.GRPC, []string{"a", "b"}, 0, false, catalog.Fault{}, by("a", record.GRPCOK), false,
		},
		"a late call": {
			gateway.GRPC, nil, 0, false, catalog.Fault{Late: true}, by("a", record.GRPCOK), true,
		},
		"late, of a pool, by the other": {
			"", []string{"a", "b"}, 0, false, catalog.Fault{Late: true}, by("b", ""), true,
		},
		"late, of a pool, by the late one": {
			"", []string{"a", "b"}, 0, false, catalog.Fault{Late: true}, by("a", ""), true,
		},
		"late, of a pool, by a stranger's stamp": {
			"", []string{"a", "b"}, 0, false, catalog.Fault{}, by("c", ""), false,
		},
		"a control where service is no 200": {
			"", nil, 307, false, catalog.Fault{Control: control}, moved, true,
		},
		"elsewhere, a control where it is none": {
			"", nil, 307, true, catalog.Fault{Control: control}, moved, true,
		},
		"elsewhere, a late pool": {
			"", []string{"a", "b"}, 0, true, catalog.Fault{Late: true}, by("a", ""), true,
		},
		"elsewhere, a control on a pool, by another": {
			"",
			[]string{"a", "b"},
			307, true,
			catalog.Fault{Control: &record.Expectation{Statuses: []int{500}, By: record.ByUpstream}},
			moved, true,
		},
	} {
		mine := own.Site{
			Described: &own.Described{B: &site.Bench{Definition: &gateway.Definition{}}, Own: file, Target: gateway.Target{
				Probe: gateway.Probe{
					Protocol:  c.protocol,
					Upstreams: c.pool,
					Expect:    gateway.Expect{Status: cmp.Or(c.status, 200)},
				},
				Upstream: upstreams[0],
			}},
		}
		at := site.Kind(&mine)
		if c.there {
			at = &Site{Described: mine.Described, running: &Gateway{links: []*tappedLink{{Link: gateway.Link{Name: "a"}}}}}
		}
		c.fault.ID, c.fault.Type = "odd", proxystatus.ConnectionRefused
		r := c.fault.Experiment().Record()
		r.Terms = at.Terms(r.Terms, c.fault.Late)
		c.o.Role = record.Probed
		r.Observations = []record.Observation{c.o}
		v := verdict.Verdict{}
		for _, of := range []*check.Check{check.Status, check.AnsweredBy, check.InTime, check.CutVisible, check.Connection} {
			v.Checks = append(v.Checks, of.Hold(r, policy.Document())...)
		}
		if broken := v.Broken(); (len(broken) == 0) != c.ok {
			t.Errorf("%s: got %v broken, want that it holds: %t", name, broken, c.ok)
		}
	}
}
