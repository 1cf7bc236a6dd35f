package harness

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
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
