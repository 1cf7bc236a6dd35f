package harness

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
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
