// Package reporttest has runs to make reports of in tests, and what a report is held against.
package reporttest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares got with the file, or writes it.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s\n(go test -update, if it is right)", name, got, want)
	}
}

// Hostile is what a gateway may log to forge a report: invalid UTF-8, a terminal escape, a line end, a C1 control, a
// right-to-left override, the end of a CDATA section.
const Hostile = "\xff\x1b[2J\nPASS \u009b31m \u202e ]]> <b> ##[command]x ##vso[task.x]y ##teamcity[z] section_start:1:x"

// Sample is a run with a verdict of every kind.
func Sample() report.Run {
	r := report.Run{
		Tool: "v0.0.0-test", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 14600 * time.Millisecond,
		World: "root", Planned: 24,
		Interrupted: true, NotInstalled: []report.Missing{{Gateway: "haproxy", Install: "apt-get install haproxy"}},
	}
	for _, c := range []report.Column{
		{Gateway: "builtin", Version: "1.26.0", Setting: "document"},
		{Gateway: "nginx", Version: "1.22.1", Setting: "stock"},
		{Gateway: "broken", Version: "9", Setting: "document"},
	} {
		for _, id := range []string{
			"slow-answer", "refused", "reset-mid-body", "ip-deny", "ip-deny+refused", "firewall-drop", "error-500",
		} {
			r.Verdicts = append(r.Verdicts, Made(c, id))
		}
	}
	return r
}

// Made is the verdict on an experiment in a column of Sample.
func Made(c report.Column, id string) verdict.Verdict {
	v := verdict.Verdict{
		Record: record.Record{
			ID:      id,
			Title:   "the title of " + id,
			Gateway: c.Gateway,
			Version: c.Version,
			Setting: c.Setting,
			World:   "root",
			Cause: map[string]cause.Cause{
				"slow-answer": cause.Overload, "firewall-drop": cause.Firewall, "error-500": cause.Bug, "ip-deny": cause.Blocked,
				"ip-deny+refused": cause.Blocked,
			}[id],
			RecoveryMS: 1.5,
			TookMS:     250,
			FaultMS:    200,
			Started:    time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC),
			Observations: []record.Observation{
				{
					Probe:  "GET /",
					Nonce:  "probe-1",
					Status: 502,
					By:     record.ByGateway,
					End:    client.Complete,
					After:  "usable",
				},
			},
			Log:      []string{"a line"},
			Evidence: "Gatequake's own dial: refused",
			Replay:   fmt.Sprintf("gatequake run --gateway %s --setting %s --only %s", c.Gateway, c.Setting, id),
		},
		Policy:   "document",
		Expected: "502 by gateway",
		Observed: "502 by gateway",
		Result:   verdict.Pass,
		Checks:   []verdict.Check{{Name: check.Status.ID, OK: true, Of: "GET /"}},
	}
	if v.Cause == "" {
		v.Cause = cause.Network
	}
	if v.Cause == cause.Blocked {
		v.Expected, v.Observed, v.Observations[0].Status = "403 by gateway", "403 by gateway", 403
	}
	happen(&v, c, id)
	return v
}

// happen gives the verdict what makes its experiment and column another than the rest.
func happen(v *verdict.Verdict, c report.Column, id string) {
	switch {
	case c.Gateway == "broken":
		v.Result, v.Observed, v.RecoveryMS = verdict.Inconclusive, "", -1
		v.Observations, v.Checks = []record.Observation{}, []verdict.Check{}
		v.Reason = fmt.Sprintf(
			"wait for steady state: the gateway ended (exit status 3); it last said: pid %d: no such file %s",
			len(id),
			Hostile,
		)
	case id == "reset-mid-body":
		v.Expected, v.Observed = "502 by gateway, or visibly cut", "200 by upstream, cut"
		v.Observations[0].Status, v.Observations[0].By, v.Observations[0].End = 200, record.ByUpstream, client.Truncated
	case id == "firewall-drop" && c.Gateway == "nginx":
		v.Result, v.Reason = verdict.Unsupported, "needs real nftables rules: portable mode must not touch them"
		v.Observations, v.Observed = []record.Observation{}, ""
	case id == "slow-answer" && c.Gateway == "nginx":
		v.Result, v.Reason = verdict.Fail, "status of GET /: got 504 by gateway, want 502 by gateway"
		v.Deviation = "nginx answers 504 when it waits in vain"
		v.Observed, v.Observations[0].Status = "504 by gateway", 504
	case id == "refused" && c.Gateway == "nginx":
		post := record.Observation{
			Probe:  "POST /",
			Nonce:  "probe-2",
			Status: 200,
			By:     record.ByGateway,
			End:    client.Complete,
			Body:   Hostile,
		}
		v.Result, v.Reason = verdict.Fail, "status of POST /: got 200 by gateway, want 502 by gateway"
		v.Observations = append(v.Observations, post)
		v.Checks = append(v.Checks,
			verdict.Check{Name: check.Status.ID, Of: "POST /", Got: "200 by gateway", Want: "502 by gateway"})
		v.Checks = append(
			v.Checks,
			verdict.Check{
				Name: check.Alive.ID,
				Got:  "exit status 7; it last said: out of cheese",
				Want: "a process that lives",
			},
		)
		v.Log = []string{Hostile}
	}
}

// Valid fails the test unless doc is what the schema says.
func Valid(t *testing.T, doc []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.ResultsSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("results.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("results.schema.json").Validate(value); err != nil {
		t.Errorf("results: %v", err)
	}
}

// Harmless fails the test if a terminal would act upon a byte of doc.
func Harmless(t *testing.T, doc []byte) {
	t.Helper()
	for _, bad := range []string{"\x1b", "\u009b", "\u202e", "\xff", "##[", "##vso[", "##teamcity[", "\n::x"} {
		if bytes.Contains(doc, []byte(bad)) {
			t.Errorf("got %q in the report, want it escaped", bad)
		}
	}
}
