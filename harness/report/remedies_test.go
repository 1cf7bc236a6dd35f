package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestReadLogs(t *testing.T) {
	r := reporttest.Tried()
	read := report.ReadLogs(report.ReadLogs(r)) // To do it again changes nothing.
	for id, want := range map[string]struct {
		help record.Help
		why  string
	}{
		"refused":   {record.Effective, "names the error type"},
		"link-down": {record.Ineffective, "that of http_response_timeout"},
		"close":     {record.Ineffective, "several error types"},
		"passed-on": {record.Ineffective, "no line that tells"},
		"ip-deny":   {record.NotApplicable, "no failure"},
	} {
		for _, v := range read.Verdicts {
			if a := report.Attempt(v, record.CheckLogs); v.ID == id &&
				(a.Outcome != want.help || !strings.Contains(a.Reason, want.why)) {
				t.Errorf("%s: got %s (%s), want %s with %q", id, a.Outcome, a.Reason, want.help, want.why)
			}
		}
	}
	if got := r.Verdicts[0].Remedies[1].Reason; got != "502 by gateway again" {
		t.Errorf("the run that was read: got reason %q, want it as it was", got)
	}
	// Logs that say the same of everything, as wrong as can be, tell nothing.
	for i := range r.Verdicts {
		r.Verdicts[i].Log = []string{"GET / went wrong", "GET / went wrong"}
	}
	for _, v := range report.ReadLogs(r).Verdicts {
		if a := report.Attempt(v, record.CheckLogs); a.Outcome == record.Effective {
			t.Errorf("%s, with a line that all have: got %s (%s), want no help", v.ID, a.Outcome, a.Reason)
		}
	}
	few := r
	few.Verdicts = r.Verdicts[:2]
	if a := report.Attempt(report.ReadLogs(few).Verdicts[0], record.CheckLogs); a.Outcome != record.NotApplicable ||
		!strings.Contains(a.Reason, "too few kinds") {
		t.Errorf("two faults: got %s (%s), want nothing said of so few", a.Outcome, a.Reason)
	}
}

// TestRemediesInJSON holds the form of the attempts against the schema, and reads them back.
func TestRemediesInJSON(t *testing.T) {
	r := reporttest.Tried()
	r.Verdicts = r.Verdicts[:1]
	r.World = "root"
	v := &r.Verdicts[0]
	v.Checks, v.Observations = []verdict.Check{}, []record.Observation{
		{Probe: "GET /", Nonce: "probe-1", Status: 502, By: record.ByGateway, End: "complete", Cached: true},
	}
	v.Remedies[0].Without, v.Remedies[0].Over, v.Remedies[0].OverWithout = "502 by gateway", "200 by upstream", "502 by gateway, from the client's cache"
	doc, err := report.JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Valid(t, doc)
	back, err := report.Read(doc, report.Catalogue{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(back.Verdicts[0].Remedies)
	want, _ := json.Marshal(v.Remedies)
	if string(got) != string(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
