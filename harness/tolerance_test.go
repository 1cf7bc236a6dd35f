package harness

import (
	"cmp"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestToleranceIsForAWholeCleanAnswerOfTheUpstream(t *testing.T) {
	g := NewWithT(t)
	fault := &Fault{ID: "odd", Type: HTTPProtocolError, Tolerated: &Tolerance{Why: "nobody minds", Body: "ok\n"}}
	relayed := Observation{Probe: "GET /", Status: 200, By: ByUpstream, End: client.Complete, Body: "ok\n", After: connectionUsable}
	holds := func(p Policy, change func(*Observation)) bool {
		o := relayed
		change(&o)
		for _, c := range checkAnswer(o, p.Expect(fault), 0) {
			if !c.OK {
				return false
			}
		}
		return true
	}
	g.Expect(holds(Document(), func(*Observation) {})).To(BeTrue())
	g.Expect(holds(RFC9209(), func(*Observation) {})).To(BeTrue())
	g.Expect(holds(Document(), func(o *Observation) { o.Status, o.By = 502, ByGateway })).To(BeTrue())
	for name, change := range map[string]func(*Observation){
		"another body":      func(o *Observation) { o.Body = "3\r\nok" },
		"a cut":             func(o *Observation) { o.End = client.Truncated },
		"nobody's stamp":    func(o *Observation) { o.By = ByGateway },
		"another status":    func(o *Observation) { o.Status = 204 },
		"a NUL in a field":  func(o *Observation) { o.Header = http.Header{"Odd": {"a\x00b"}} },
		"a broken pipeline": func(o *Observation) { o.After = "12 bytes after the end of the answer" },
	} {
		g.Expect(holds(Document(), change)).To(BeFalse(), name)
	}
	strict := Document()
	strict.Name, strict.Experiments = "strict", map[string]Rule{"odd": {Statuses: []int{502}}}
	g.Expect(holds(strict, func(*Observation) {})).To(BeFalse(), "who names the experiment means it")
	fault.Tolerated = nil
	g.Expect(holds(Document(), func(*Observation) {})).To(BeFalse())
}

func TestAControlKeepsItsHeader(t *testing.T) {
	g := NewWithT(t)
	want := Expectation{Statuses: []int{503}, By: ByUpstream, Header: map[string]string{"Retry-After": "120"}}
	o := Observation{Status: 503, By: ByUpstream, End: client.Complete, After: connectionUsable, Header: http.Header{"Retry-After": {"120"}}}
	broken := func() []string { return Verdict{Checks: checkAnswer(o, want, 0)}.Broken() }
	g.Expect(broken()).To(BeEmpty())
	o.Header = nil
	g.Expect(broken()).To(ConsistOf(CheckAnsweredBy))
}

// TestAnotherMemberServes holds what a client may see of a pool of which one member is broken: what would be right of that one alone, or an answer by another.
func TestAnotherMemberServes(t *testing.T) {
	from := func(status int, origin string, fields ...string) Observation {
		o := Observation{Status: status, By: ByUpstream, End: client.Complete, After: connectionUsable, Header: http.Header{upstream.OriginHeader: {origin}}}
		for _, f := range fields {
			o.Header.Set(f, "120")
		}
		return o
	}
	want := Expectation{
		Statuses: []int{503}, By: ByUpstream, Header: map[string]string{"Retry-After": "120"},
		OrRelayed: &Tolerance{By: []string{"b"}, another: true, besides: &Tolerance{Why: "nobody minds", Body: "whole"}},
	}
	whole := from(200, "a", "Retry-After")
	whole.Body = "whole"
	for name, c := range map[string]struct {
		of Observation
		ok bool
	}{
		"the broken one's answer":           {from(503, "a", "Retry-After"), true},
		"that without what it must carry":   {from(503, "a"), false},
		"another's":                         {from(200, "b"), true},
		"a whole one of the broken":         {whole, true},
		"another body of the broken":        {from(200, "a", "Retry-After"), false},
		"an answer of nobody in the pool":   {from(200, "c"), false},
		"an error of another, no service":   {from(500, "b"), false},
		"the gateway's own in another name": {Observation{Status: 200, By: ByGateway, End: client.Complete, After: connectionUsable}, false},
	} {
		if broken := (Verdict{Checks: checkAnswer(c.of, want, 0)}).Broken(); (len(broken) == 0) != c.ok {
			t.Errorf("%s: got %v broken, want that it holds: %v", name, broken, c.ok)
		}
	}
}

// TestTolerancesAddUp: what a client may see besides is all that its protocol, its patience, its pool and its steady
// state allow, each by itself.
func TestTolerancesAddUp(t *testing.T) {
	upstreams := []gateway.Upstream{
		{Name: "a", Address: "10.1.1.1", Port: 1, Speaks: string(upstream.HTTP2Spoken)}, {Name: "b", Address: "10.1.1.2", Port: 1, Speaks: string(upstream.HTTP2Spoken)},
	}
	own := &gateway.Own{Upstreams: upstreams}
	by := func(origin, call string) Observation {
		o := Observation{Status: 200, By: ByUpstream, GRPC: call, End: client.Complete, After: connectionUsable, Header: http.Header{upstream.OriginHeader: {origin}}}
		if origin == "" {
			o.By = ByGateway
		}
		return o
	}
	moved := by("10.1.1.1:1", "")
	moved.Status, moved.served = 307, true
	control := &Expectation{Statuses: []int{200}, By: ByUpstream}
	for name, c := range map[string]struct {
		protocol string
		pool     []string
		status   int // of the steady state; 200 if it is 0
		there    bool
		fault    Fault
		o        Observation
		ok       bool
	}{
		"a call, UNAVAILABLE":                        {gateway.GRPC, nil, 0, false, Fault{}, by("", unavailable), true},
		"a call that the broken one answered":        {gateway.GRPC, nil, 0, false, Fault{}, by("10.1.1.1:1", grpcOK), false},
		"a call on a pool, UNAVAILABLE":              {gateway.GRPC, []string{"a", "b"}, 0, false, Fault{}, by("", unavailable), true},
		"a call on a pool, served by the other":      {gateway.GRPC, []string{"a", "b"}, 0, false, Fault{}, by("10.1.1.2:1", grpcOK), true},
		"a call on a pool, served by the broken one": {gateway.GRPC, []string{"a", "b"}, 0, false, Fault{}, by("10.1.1.1:1", grpcOK), false},
		"a late call":                                {gateway.GRPC, nil, 0, false, Fault{Late: true}, by("10.1.1.1:1", grpcOK), true},
		"late, of a pool, by the other":              {"", []string{"a", "b"}, 0, false, Fault{Late: true}, by("10.1.1.2:1", ""), true},
		"late, of a pool, by the late one":           {"", []string{"a", "b"}, 0, false, Fault{Late: true}, by("10.1.1.1:1", ""), true},
		"late, of a pool, by a stranger's stamp":     {"", []string{"a", "b"}, 0, false, Fault{}, by("10.1.1.9:1", ""), false},
		"a control where service is no 200":          {"", nil, 307, false, Fault{Control: control}, moved, true},
		"elsewhere, a control where it is none":      {"", nil, 307, true, Fault{Control: control}, moved, true},
		"elsewhere, a late pool":                     {"", []string{"a", "b"}, 0, true, Fault{Late: true}, by("10.1.1.1:1", ""), true},
		"elsewhere, a control on a pool, by another": {"", []string{"a", "b"}, 307, true, Fault{Control: &Expectation{Statuses: []int{500}, By: ByUpstream}}, moved, true},
	} {
		b := &Bench{ours: &ours{Own: own, Target: gateway.Target{
			Probe: gateway.Probe{Protocol: c.protocol, Upstreams: c.pool, Expect: gateway.Expect{Status: cmp.Or(c.status, 200)}}, Upstream: upstreams[0],
		}}}
		if c.there {
			b.there = &Elsewhere{}
		}
		c.fault.ID, c.fault.Type = "odd", ConnectionRefused
		if broken := (Verdict{Checks: checkAnswer(c.o, b.tolerate(Document().Expect(&c.fault), &c.fault), 0)}).Broken(); (len(broken) == 0) != c.ok {
			t.Errorf("%s: got %v broken, want that it holds: %t", name, broken, c.ok)
		}
	}
}
