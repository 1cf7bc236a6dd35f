package matchers

import (
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestObservations(t *testing.T) {
	for _, c := range []struct {
		name                           string
		o                              record.Observation
		healthy, badGateway, forbidden bool
	}{
		{"service", record.Observation{Status: 200, By: record.ByUpstream, End: client.Complete}, true, false, false},
		{
			"service of somebody else",
			record.Observation{Status: 200, By: record.ByGateway, End: client.Complete},
			false, false, false,
		},
		{
			"cut service",
			record.Observation{Status: 200, By: record.ByUpstream, End: client.Truncated},
			false,
			false, false,
		},
		{
			"bad gateway",
			record.Observation{Status: 502, By: record.ByGateway, End: client.Complete},
			false, true,
			false,
		},
		{
			"unframed bad gateway",
			record.Observation{Status: 502, By: record.ByGateway, End: client.Unframed},
			false, true, false,
		},
		{
			"bad gateway further on",
			record.Observation{Status: 502, By: record.ByUpstream, End: client.Complete},
			false, false, false,
		},
		{
			"cut bad gateway",
			record.Observation{Status: 502, By: record.ByGateway, End: client.Truncated},
			false,
			false, false,
		},
		{
			"gateway timeout",
			record.Observation{Status: 504, By: record.ByGateway, End: client.Complete},
			false,
			false, false,
		},
		{"forbidden", record.Observation{Status: 403, By: record.ByGateway, End: client.Complete}, false, false, true},
		{
			"forbidden further on",
			record.Observation{Status: 403, By: record.ByUpstream, End: client.Complete},
			false, false, false,
		},
		{"hang", record.Observation{End: client.TimedOut}, false, false, false},
		{"nothing", record.Observation{}, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range []struct {
				name    string
				matcher types.GomegaMatcher
				want    bool
			}{
				{"BeHealthy", BeHealthy(), c.healthy},
				{"BeBadGateway", BeBadGateway(), c.badGateway},
				{"BeForbidden", BeForbidden(), c.forbidden},
			} {
				if got, err := m.matcher.Match(c.o); got != m.want || err != nil {
					t.Errorf("%s: got %v (%v), want %v", m.name, got, err, m.want)
				}
			}
		})
	}
}

func TestObservationMessages(t *testing.T) {
	g := NewWithT(t)
	o := record.Observation{
		Probe:  "POST /",
		Status: 504,
		By:     record.ByGateway,
		End:    client.Complete,
		Took:   1203.4,
		Hits:   1,
		Body:   "too\nlate",
	}
	g.Expect(BeBadGateway().FailureMessage(o)).To(Equal(
		"Expected POST / to get a whole 502 by gateway; it got 504 by gateway after 1203 ms, with 1 of it at the " +
			"upstream:\n" + `"too\nlate"`,
	))
	o = record.Observation{Probe: "GET /", End: client.Reset, Error: "read: connection reset by peer"}
	g.Expect(BeForbidden().FailureMessage(o)).To(Equal(
		"Expected GET / to get a whole 403 by gateway; it got no answer: reset after 0 ms (read: connection reset by " +
			"peer), with 0 of it at the upstream",
	))
	o = record.Observation{Probe: "GET /", Status: 200, By: record.ByUpstream, End: client.Complete, Took: 2, Hits: 1}
	g.Expect(BeHealthy().NegatedFailureMessage(o)).To(Equal(
		"Expected GET / not to get a whole 200 by upstream; it got 200 by upstream after 2 ms, with 1 of it at the upstream",
	))
}

func TestHold(t *testing.T) {
	g := NewWithT(t)
	for result, want := range map[verdict.Result]bool{
		verdict.Pass: true, verdict.Fail: false, verdict.Inconclusive: false, verdict.Unsupported: false,
	} {
		got, err := Hold().Match(verdict.Verdict{Result: result})
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(got).To(Equal(want), result.String())
	}
	v := verdict.Verdict{
		Record: record.Record{
			ID:      "ip-deny",
			Gateway: "nginx",
			Version: "1.22.1",
			Setting: "document",
			Replay:  "gatequake run --gateway nginx --only ip-deny",
		},
		Expected: "403 by gateway",
		Observed: "200 by upstream",
		Result:   verdict.Fail,
		Reason:   "status of GET /: got 200 by upstream, want 403 by gateway",
		Checks: []verdict.Check{
			{Name: check.Status.ID, Of: "GET /", Got: "200 by upstream", Want: "403 by gateway"},
			{Name: check.Bystander.ID, OK: true},
		},
	}
	g.Expect(
		Hold().FailureMessage(v),
	).To(
		Equal(`Expected ip-deny to hold on nginx 1.22.1, setting document: 403 by gateway
the verdict is fail: got 200 by upstream: status of GET /: got 200 by upstream, want 403 by gateway
  status of GET /: got 200 by upstream, want 403 by gateway
To reproduce: gatequake run --gateway nginx --only ip-deny`),
	)
	v.Result, v.Reason, v.Checks = verdict.Pass, "", nil
	g.Expect(Hold().NegatedFailureMessage(v)).To(HavePrefix("Expected ip-deny not to hold on nginx"))
}

func TestBeHelpedBy(t *testing.T) {
	g := NewWithT(t)
	refresh := &catalog.Remedy{ID: "refresh"}
	of := func(h record.Help) verdict.Verdict {
		return verdict.Verdict{
			Record: record.Record{
				ID:       "refused",
				Gateway:  "nginx",
				Remedies: []record.RemedyOutcome{{Remedy: "refresh", Outcome: h, Reason: "502 by gateway again"}},
				Replay:   "again",
			},
		}
	}
	for help, want := range map[record.Help]bool{record.Effective: true, record.Ineffective: false} {
		got, err := BeHelpedBy(refresh).Match(of(help))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(got).To(Equal(want), string(help))
	}
	for _, nothing := range []any{of(record.NotApplicable), of(""), verdict.Verdict{}, 7, nil} {
		_, err := BeHelpedBy(refresh).Match(nothing)
		g.Expect(err).To(HaveOccurred(), "%v", nothing)
	}
	m := BeHelpedBy(refresh)
	_, _ = m.Match(of(record.Ineffective))
	g.Expect(m.FailureMessage(of(record.Ineffective))).To(Equal(
		"Expected refused on nginx to be helped by refresh; it does not help: 502 by gateway again\nTo reproduce: again",
	))
}

func TestWrongTypes(t *testing.T) {
	for name, m := range map[string]types.GomegaMatcher{
		"BeBadGateway": BeBadGateway(), "BeForbidden": BeForbidden(), "BeHealthy": BeHealthy(), "Hold": Hold(),
	} {
		for _, actual := range []any{7, "502", &record.Observation{}, nil} {
			if got, err := m.Match(actual); err == nil {
				t.Errorf("%s of %T: got %v and no error, want an error", name, actual, got)
			}
		}
	}
}
