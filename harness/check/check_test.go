package check

import (
	"net/http"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/verdict"
)

// held holds one answer against what is wanted of it, with no other promise in the way.
func held(o record.Observation, want record.Expectation, within time.Duration) verdict.Verdict {
	o.Role, o.Limit = record.ToRefuse, record.MS(within)
	r := record.Record{Observations: []record.Observation{o}, Terms: record.Terms{Refusal: &want}}
	v := verdict.Verdict{Record: r}
	for _, c := range []*Check{Status, AnsweredBy, InTime, CutVisible, Connection} {
		v.Checks = append(v.Checks, c.Hold(r, policy.Document())...)
	}
	return v
}

func TestCheckAnswer(t *testing.T) {
	bad := record.Expectation{Statuses: []int{502}, By: record.ByGateway}
	orCut := record.Expectation{Statuses: []int{502}, By: record.ByGateway, OrCut: true}
	right := record.Observation{
		Status: 502,
		By:     record.ByGateway,
		End:    client.Complete,
		After:  record.ConnectionUsable,
	}
	with := func(change func(*record.Observation)) record.Observation { o := right; change(&o); return o }
	for name, c := range map[string]struct {
		o      record.Observation
		want   record.Expectation
		broken string
	}{
		"right":                  {right, bad, ""},
		"other status":           {with(func(o *record.Observation) { o.Status = 504 }), bad, Status.ID},
		"by the upstream":        {with(func(o *record.Observation) { o.By = record.ByUpstream }), bad, AnsweredBy.ID},
		"no answer":              {record.Observation{End: client.Closed}, bad, Status.ID},
		"not in time":            {record.Observation{End: client.TimedOut}, bad, InTime.ID},
		"half of it in time":     {with(func(o *record.Observation) { o.End = client.TimedOut }), bad, InTime.ID},
		"cut":                    {with(func(o *record.Observation) { o.End = client.Truncated }), bad, Status.ID},
		"connection broken":      {with(func(o *record.Observation) { o.After = "reset" }), bad, Connection.ID},
		"502 where a cut may be": {right, orCut, ""},
		"visibly cut": {
			record.Observation{Status: 200, By: record.ByUpstream, End: client.Truncated}, orCut, "",
		},
		"cut made whole": {
			record.Observation{
				Status: 200, By: record.ByUpstream, End: client.Complete, After: record.ConnectionUsable,
			},
			orCut, CutVisible.ID,
		},
		"cut, and nobody can see": {
			record.Observation{
				Status: 200, By: record.ByUpstream, End: client.Unframed, After: record.ConnectionClosed,
			},
			orCut, CutVisible.ID,
		},
	} {
		v := held(c.o, c.want, time.Second)
		if got := strings.Join(v.Broken(), ","); got != c.broken {
			t.Errorf("%s: got %q broken, want %q", name, got, c.broken)
		}
	}
}

// TestABystanderWaitsOrIsLate: one that the harness sent late, and that was answered at once, waited for nobody.
func TestABystanderWaitsOrIsLate(t *testing.T) {
	limits := record.Limits{Resolve: 2000, Connect: 1000, Respond: 1000}
	for name, c := range map[string]struct {
		began, took float64
		broken      bool
	}{
		"answered beside it":                        {1, 5, false},
		"waits until the broken one is through":     {1, 1010, true},
		"begins later, and waits until then":        {400, 605, true},
		"sent when the broken one was through":      {1020, 5, false},
		"sent shortly before, and answered at once": {990, 30, false},
		"slow by itself, but not until then":        {1, 700, false},
	} {
		r := record.Record{
			Terms: record.Terms{Limits: limits, Bystander: "200 by upstream"},
			Observations: []record.Observation{
				{Probe: "GET /", Role: record.Probed, Group: 1, At: 0, Took: 1003, Ended: 1003},
				{
					Probe: "GET /bystander/", Role: record.Bystander, Group: 1, Steady: true,
					At: c.began, Took: c.took, Ended: c.began + c.took,
				},
			},
		}
		for _, got := range Bystander.Hold(r, policy.Document()) {
			if got.Broken() != c.broken {
				t.Errorf("%s: got %+v, want broken: %t", name, got, c.broken)
			}
		}
	}
}

func TestNoAnswerIsSilenceOnAConnection(t *testing.T) {
	for _, c := range []struct {
		seen record.Observation
		ok   bool
	}{
		{record.Observation{End: client.Closed}, true},
		{record.Observation{End: client.Reset}, true},
		{record.Observation{End: client.TimedOut}, true},
		{record.Observation{End: client.Refused}, false},
		{record.Observation{End: client.Malformed}, false},
		{record.Observation{End: client.TimedOut, Status: http.StatusForbidden, By: record.ByGateway}, false},
		{record.Observation{End: client.Complete, Status: http.StatusForbidden, By: record.ByGateway}, false},
	} {
		checks := held(c.seen, record.Expectation{By: record.ByNobody}, time.Second).Checks
		if len(checks) != 1 || checks[0].Name != Status.ID || checks[0].OK != c.ok {
			t.Errorf(
				"%s where no answer is wanted: got %v, want one check of the status that is %t",
				c.seen,
				checks,
				c.ok,
			)
		}
	}
}

func TestAControlKeepsItsHeader(t *testing.T) {
	g := NewWithT(t)
	want := record.Expectation{
		Statuses: []int{503},
		By:       record.ByUpstream,
		Header:   map[string]string{"Retry-After": "120"},
	}
	o := record.Observation{
		Status: 503,
		By:     record.ByUpstream,
		End:    client.Complete,
		After:  record.ConnectionUsable,
		Header: http.Header{"Retry-After": {"120"}},
	}
	broken := func() []string { return held(o, want, 0).Broken() }
	g.Expect(broken()).To(BeEmpty())
	o.Header = nil
	g.Expect(broken()).To(ConsistOf(AnsweredBy.ID))
	harms := func() (all []string) {
		for _, c := range held(o, want, 0).Checks {
			if c.Broken() {
				all = append(all, c.Harm)
			}
		}
		return all
	}
	g.Expect(harms()).To(ConsistOf(string(WrongAuthor)))
	o.By = record.ByGateway // A page of its own, as nginx writes with proxy_intercept_errors.
	g.Expect(harms()).To(ConsistOf(string(ReplacesPage)))
	// A page that says all is well, where the upstream's own answer was promised, is no page to an error.
	want, o.Status = record.Expectation{Statuses: []int{200}, By: record.ByUpstream}, http.StatusOK
	g.Expect(harms()).To(ConsistOf(string(WrongAuthor)))
}

// TestAnotherMemberServes holds what a client may see of a pool of which one member is broken: what would be right of
// that one alone, or an answer by another.
func TestAnotherMemberServes(t *testing.T) {
	from := func(status int, origin string, fields ...string) record.Observation {
		o := record.Observation{
			Status: status,
			By:     record.ByUpstream,
			End:    client.Complete,
			After:  record.ConnectionUsable,
			Header: http.Header{stamp.Origin: {origin}},
		}
		for _, f := range fields {
			o.Header.Set(f, "120")
		}
		return o
	}
	want := record.Expectation{
		Statuses: []int{503},
		By:       record.ByUpstream,
		Header:   map[string]string{"Retry-After": "120"},
		OrRelayed: &record.Tolerance{
			By:      []string{"b"},
			Another: true,
			Besides: &record.Tolerance{Why: "nobody minds", Body: "whole"},
		},
	}
	whole := from(200, "a", "Retry-After")
	whole.Body = "whole"
	for name, c := range map[string]struct {
		of record.Observation
		ok bool
	}{
		"the broken one's answer":         {from(503, "a", "Retry-After"), true},
		"that without what it must carry": {from(503, "a"), false},
		"another's":                       {from(200, "b"), true},
		"a whole one of the broken":       {whole, true},
		"another body of the broken":      {from(200, "a", "Retry-After"), false},
		"an answer of nobody in the pool": {from(200, "c"), false},
		"an error of another, no service": {from(500, "b"), false},
		"the gateway's own in another name": {
			record.Observation{Status: 200, By: record.ByGateway, End: client.Complete, After: record.ConnectionUsable},
			false,
		},
	} {
		if broken := held(c.of, want, 0).Broken(); (len(broken) == 0) != c.ok {
			t.Errorf("%s: got %v broken, want that it holds: %v", name, broken, c.ok)
		}
	}
}

func TestToleranceIsForAWholeCleanAnswerOfTheUpstream(t *testing.T) {
	g := NewWithT(t)
	odd := record.Record{
		ErrorType: proxystatus.HTTPProtocolError,
		Terms:     record.Terms{Base: "odd", Tolerated: &record.Tolerance{Why: "nobody minds", Body: "ok\n"}},
	}
	relayed := record.Observation{
		Probe:  "GET /",
		Status: 200,
		By:     record.ByUpstream,
		End:    client.Complete,
		Body:   "ok\n",
		After:  record.ConnectionUsable,
	}
	holds := func(p policy.Policy, change func(*record.Observation)) bool {
		o := relayed
		change(&o)
		return len(held(o, p.Expect(odd), 0).Broken()) == 0
	}
	g.Expect(holds(policy.Document(), func(*record.Observation) {})).To(BeTrue())
	g.Expect(holds(policy.RFC9209(), func(*record.Observation) {})).To(BeTrue())
	g.Expect(
		holds(policy.Document(), func(o *record.Observation) { o.Status, o.By = 502, record.ByGateway }),
	).To(
		BeTrue(),
	)
	for name, change := range map[string]func(*record.Observation){
		"another body":      func(o *record.Observation) { o.Body = "3\r\nok" },
		"a cut":             func(o *record.Observation) { o.End = client.Truncated },
		"nobody's stamp":    func(o *record.Observation) { o.By = record.ByGateway },
		"another status":    func(o *record.Observation) { o.Status = 204 },
		"a NUL in a field":  func(o *record.Observation) { o.Header = http.Header{"Odd": {"a\x00b"}} },
		"a broken pipeline": func(o *record.Observation) { o.After = "12 bytes after the end of the answer" },
	} {
		g.Expect(holds(policy.Document(), change)).To(BeFalse(), name)
	}
	strict := policy.Document()
	strict.Name, strict.Experiments = "strict", map[string]policy.Rule{"odd": {Statuses: []int{502}}}
	g.Expect(holds(strict, func(*record.Observation) {})).To(BeFalse(), "who names the experiment means it")
	odd.Terms.Tolerated = nil
	g.Expect(holds(policy.Document(), func(*record.Observation) {})).To(BeFalse())
}

func TestUnavailableIsAsGoodAs502(t *testing.T) {
	want := policy.Document().Expect(
		record.Record{ErrorType: proxystatus.ConnectionRefused, Terms: record.Terms{GRPC: true}},
	)
	for _, c := range []struct {
		o  record.Observation
		ok bool
	}{
		{record.Observation{Status: 502, By: record.ByGateway}, true},
		{record.Observation{Status: 200, GRPC: record.GRPCUnavailable, By: record.ByGateway}, true},
		{record.Observation{Status: 200, GRPC: record.GRPCUnavailable, By: record.ByUpstream}, false},
		{record.Observation{Status: 200, GRPC: "13", By: record.ByGateway}, false},
		{record.Observation{Status: 200, GRPC: record.GRPCOK, By: record.ByUpstream}, false},
		{record.Observation{Status: 503, By: record.ByGateway}, false},
	} {
		c.o.End, c.o.After = client.Complete, record.ConnectionUsable
		ok := len(held(c.o, want, time.Second).Broken()) == 0
		if ok != c.ok {
			t.Errorf("%s: got %t, want %t", c.o, ok, c.ok)
		}
	}
}

// TestChecksSayHowLateTheMachineMayBe holds that what does not depend on time bears nothing, and is never excused.
func TestChecksSayHowLateTheMachineMayBe(t *testing.T) {
	limits := record.Limits{Resolve: 3000, Connect: 2000, Respond: 800}
	want := map[*Check]float64{
		InTime: 2000, Prompt: 600, Status: 800, AnsweredBy: 800, LetIn: 800, BlockHolds: 800, Bystander: 800,
		Connection: 800, SteadyAfter: 45000,
	}
	for _, c := range All() {
		got := 0.0
		if c.Bears != nil {
			got = record.MS(c.Bears(limits))
		}
		if got != want[c] {
			t.Errorf("%s: got %g ms, want %g", c.ID, got, want[c])
		}
	}
	slow := record.Observation{
		Status: 502,
		By:     record.ByGateway,
		End:    client.Complete,
		Took:   130,
		After:  record.ConnectionUsable,
	}
	most := record.Expectation{Statuses: []int{502}, By: record.ByGateway, Within: 100 * time.Millisecond}
	for _, c := range held(slow, most, time.Second).Checks {
		if late := c.Name == InTime.ID; late == c.OK || late && c.BearsMS != 30 {
			t.Errorf("130 ms where a policy allows 100: got %+v, want none but one that bears the 30", c)
		}
	}
}

func TestCacheable(t *testing.T) {
	date := "Mon, 01 Jan 2024 00:00:00 GMT"
	later := "Mon, 01 Jan 2024 00:01:00 GMT"
	for name, c := range map[string]struct {
		status int
		header http.Header
		want   bool
	}{
		"bare 502":         {502, http.Header{}, false},
		"bare 404":         {404, http.Header{}, true},
		"no-store":         {404, http.Header{"Cache-Control": {"No-Store"}}, false},
		"max-age":          {502, http.Header{"Cache-Control": {`private, max-age="60"`}}, true},
		"max-age=0":        {502, http.Header{"Cache-Control": {"max-age=0"}, "Expires": {later}}, false},
		"s-maxage wins":    {502, http.Header{"Cache-Control": {"max-age=0, s-maxage=60"}}, true},
		"public":           {502, http.Header{"Cache-Control": {"public"}}, true},
		"expires later":    {502, http.Header{"Date": {date}, "Expires": {later}}, true},
		"expires at once":  {502, http.Header{"Date": {date}, "Expires": {date}}, false},
		"expires nonsense": {502, http.Header{"Expires": {"-1"}}, false},
	} {
		if got := Cacheable(c.status, c.header); (got != "") != c.want {
			t.Errorf("%s: got %q, want cacheable: %t", name, got, c.want)
		}
	}
}
