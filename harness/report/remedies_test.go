package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// tried is a run in which remedies were tried, on a gateway with the logs of told.
func tried() Run {
	r := told()
	for i := range r.Verdicts {
		r.Verdicts[i].Remedies = []record.RemedyOutcome{
			{Remedy: "refresh", Outcome: record.Ineffective, Reason: "502 by gateway again", Saw: "502 by gateway", Then: "502 by gateway"},
			{Remedy: catalog.CheckLogs, Outcome: record.Ineffective, Reason: "502 by gateway again", Saw: "502 by gateway", Then: "502 by gateway"},
		}
	}
	first := r.Verdicts[0].Remedies
	first[0].Outcome, first[0].Reason, first[0].Then = record.Effective, "served, with nothing repaired", "200 by upstream"
	r.Verdicts = append(r.Verdicts, verdict.Verdict{
		Record: record.Record{ID: "ip-deny", Cause: cause.Blocked, ErrorType: proxystatus.HTTPRequestDenied, Gateway: "nginx", Setting: "stock", Remedies: []record.RemedyOutcome{
			{Remedy: "refresh", Outcome: record.NotApplicable, Reason: "the client saw no failure: 200 by upstream", Saw: "200 by upstream"},
			{Remedy: catalog.CheckLogs, Outcome: record.Ineffective, Reason: "403 by gateway again", Saw: "403 by gateway", Then: "403 by gateway"},
		}},
		Result: verdict.Pass,
	})
	return r
}

func TestReadLogs(t *testing.T) {
	r := tried()
	read := ReadLogs(ReadLogs(r)) // To do it again changes nothing.
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
			if a := attempt(v, catalog.CheckLogs); v.ID == id && (a.Outcome != want.help || !strings.Contains(a.Reason, want.why)) {
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
	for _, v := range ReadLogs(r).Verdicts {
		if a := attempt(v, catalog.CheckLogs); a.Outcome == record.Effective {
			t.Errorf("%s, with a line that all have: got %s (%s), want no help", v.ID, a.Outcome, a.Reason)
		}
	}
	few := r
	few.Verdicts = r.Verdicts[:2]
	if a := attempt(ReadLogs(few).Verdicts[0], catalog.CheckLogs); a.Outcome != record.NotApplicable || !strings.Contains(a.Reason, "too few kinds") {
		t.Errorf("two faults: got %s (%s), want nothing said of so few", a.Outcome, a.Reason)
	}
}

func TestRemediesMarkdown(t *testing.T) {
	r := ReadLogs(tried())
	r.Verdicts = append(r.Verdicts, verdict.Verdict{Record: record.Record{ID: "waf-rule", Gateway: "nginx", Setting: "stock"}, Result: verdict.Unsupported, Reason: "no rule engine"},
		verdict.Verdict{Record: record.Record{ID: "frozen", Gateway: "nginx", Setting: "stock"}, Reason: "mender: confirm frozen: it is not"})
	got := Markdown(r, nil)
	for _, want := range []string{
		"| refresh | causes | helps 1, no 11, n/a 0 |",
		"| refresh | blocks | helps 0, no 0, n/a 1 |",
		"| `refused` | 502 by gateway | helps | helps |",
		"| **block** |", "| `ip-deny` | 200 by upstream | n/a | n/a |",
		"- refresh, helps (1): served, with nothing repaired: refused\n",
		"- refresh, n/a (1): the client saw no failure: 200 by upstream: ip-deny\n",
		"| connection_refused | 2 |",
		"## Not possible\n\n- no rule engine: waf-rule\n",
		"## Nobody can tell\n\n- mender: confirm frozen: it is not: frozen\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	if confused := tried().confusion(tried().columns()[0]).RenderCSV(); !strings.Contains(confused, "connection_timeout,,1,,1") {
		t.Errorf("got\n%s\nwant a connection_timeout that the log calls http_response_timeout, and one that it says nothing of", confused)
	}
}

func TestRemediesOnAConsole(t *testing.T) {
	r := tried()
	r.Verdicts[0].Remedies[0].Reason, r.Verdicts[0].Remedies[0].Saw = hostile, hostile
	var b strings.Builder
	if err := Console(&b, r, Look{}, ""); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.ContainsAny(got, "\x1b\u009b\u202e") || !strings.Contains(got, "the client saw") || strings.Contains(got, "want  ") {
		t.Errorf("got\n%q\nwant remedies, and nothing that moves a terminal", got)
	}
	if strings.Contains(Markdown(r, nil), "<b>") {
		t.Error("got the markup of a gateway in Markdown, want it escaped")
	}
}

// TestRemediesInJSON holds the form of the attempts against the schema, and reads them back.
func TestRemediesInJSON(t *testing.T) {
	r := tried()
	r.Verdicts = r.Verdicts[:1]
	r.World = "root"
	v := &r.Verdicts[0]
	v.Checks, v.Observations = []verdict.Check{}, []record.Observation{{Probe: "GET /", Nonce: "probe-1", Status: 502, By: record.ByGateway, End: "complete", Cached: true}}
	v.Remedies[0].Without, v.Remedies[0].Over, v.Remedies[0].OverWithout = "502 by gateway", "200 by upstream", "502 by gateway, from the client's cache"
	doc, err := JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	Valid(t, doc)
	back, err := Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(back.Verdicts[0].Remedies)
	want, _ := json.Marshal(v.Remedies)
	if string(got) != string(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRemediesOnThePage(t *testing.T) {
	s := opened(t, pageOf(t, ReadLogs(tried())), "#cell=nginx/stock/refused")
	defer s.clean()
	for _, want := range []string{"What people did about it", "refresh: helps: served, with nothing repaired", catalog.CheckLogs + ": helps: the log names the error type"} {
		if got := s.says(`document.querySelector('dialog').textContent`); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}
