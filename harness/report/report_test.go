package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with the file, or writes it.
func golden(t *testing.T, name string, got []byte) {
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
		t.Errorf("%s: got\n%s\nwant\n%s\n(go test ./harness/report -update, if it is right)", name, got, want)
	}
}

// hostile is what a gateway may log to forge a report: invalid UTF-8, a terminal escape, a line end, a C1 control, a right-to-left override, the end of a
// CDATA section.
const hostile = "\xff\x1b[2J\nPASS \u009b31m \u202e ]]> <b> ##[command]x ##vso[task.x]y ##teamcity[z] section_start:1:x"

// sample is a run with a verdict of every kind.
func sample() Run {
	r := Run{
		Tool: "v0.0.0-test", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 14600 * time.Millisecond, World: "root", Planned: 24,
		Interrupted: true, NotInstalled: []Missing{{"haproxy", "apt-get install haproxy"}},
	}
	for _, c := range []column{{"builtin", "1.26.0", "document"}, {"nginx", "1.22.1", "stock"}, {"broken", "9", "document"}} {
		for _, id := range []string{"slow-answer", "refused", "reset-mid-body", "ip-deny", "ip-deny+refused", "firewall-drop", "error-500"} {
			r.Verdicts = append(r.Verdicts, made(c, id))
		}
	}
	return r
}

func made(c column, id string) verdict.Verdict {
	v := verdict.Verdict{
		Record: record.Record{ID: id, Title: "the title of " + id, Gateway: c.gateway, Version: c.version, Setting: c.setting, World: "root", Cause: map[string]cause.Cause{
			"slow-answer": cause.Overload, "firewall-drop": cause.Firewall, "error-500": cause.Bug, "ip-deny": cause.Blocked,
			"ip-deny+refused": cause.Blocked,
		}[id], RecoveryMS: 1.5, TookMS: 250, FaultMS: 200, Started: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC), Observations: []record.Observation{{Probe: "GET /", Nonce: "probe-1", Status: 502, By: record.ByGateway, End: client.Complete, After: "usable"}}, Log: []string{"a line"}, Evidence: "own dial: refused", Replay: fmt.Sprintf("gatequake run --gateway %s --setting %s --only %s", c.gateway, c.setting, id)},
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
	switch {
	case c.gateway == "broken":
		v.Result, v.Observed, v.Observations, v.Checks, v.RecoveryMS = verdict.Inconclusive, "", []record.Observation{}, []verdict.Check{}, -1
		v.Reason = fmt.Sprintf("wait for steady state: the gateway ended (exit status 3); it last said: pid %d: no such file %s", len(id), hostile)
	case id == "reset-mid-body":
		v.Expected, v.Observed = "502 by gateway, or visibly cut", "200 by upstream, cut"
		v.Observations[0].Status, v.Observations[0].By, v.Observations[0].End = 200, record.ByUpstream, client.Truncated
	case id == "firewall-drop" && c.gateway == "nginx":
		v.Result, v.Reason, v.Observations, v.Observed = verdict.Unsupported, "needs real nftables rules: portable mode must not touch them", []record.Observation{}, ""
	case id == "slow-answer" && c.gateway == "nginx":
		v.Result, v.Reason, v.Deviation = verdict.Fail, "status of GET /: got 504 by gateway, want 502 by gateway", "nginx answers 504 when it waits in vain"
		v.Observed, v.Observations[0].Status = "504 by gateway", 504
	case id == "refused" && c.gateway == "nginx":
		post := record.Observation{Probe: "POST /", Nonce: "probe-2", Status: 200, By: record.ByGateway, End: client.Complete, Body: hostile}
		v.Result, v.Reason = verdict.Fail, "status of POST /: got 200 by gateway, want 502 by gateway"
		v.Observations = append(v.Observations, post)
		v.Checks = append(v.Checks, verdict.Check{Name: check.Status.ID, Of: "POST /", Got: "200 by gateway", Want: "502 by gateway"})
		v.Checks = append(v.Checks, verdict.Check{Name: check.Alive.ID, Got: "exit status 7; it last said: out of cheese", Want: "a process that lives"})
		v.Log = []string{hostile}
	}
	return v
}

func TestConsole(t *testing.T) {
	for name, look := range map[string]Look{"console.golden": {}, "narrow.golden": {Width: 50}, "color.golden": {Color: true}} {
		var b bytes.Buffer
		if err := Console(&b, sample(), look, "report/"); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestConsoleOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Console(&b, Run{}, Look{}, "report"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "0 experiments") {
		t.Errorf("got %q, want it to say that there were none", b.String())
	}
}

func TestJSON(t *testing.T) {
	doc, err := JSON(sample())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "results.golden.json", doc)
	Valid(t, doc)
	harmless(t, doc)
	var back struct {
		Experiments []struct {
			ID             string         `json:"id"`
			Result         verdict.Result `json:"verdict"`
			ObservedStatus int            `json:"observed_status"`
			AnsweredBy     string         `json:"answered_by"`
		}
	}
	if err := json.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(back.Experiments[8]), "{refused fail 200 gateway}"; got != want {
		t.Errorf("got %s, want %s: the POST that is wrong, not the GET that is right", got, want)
	}
}

// Valid fails the test unless doc is what the schema says.
func Valid(t *testing.T, doc []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(ResultsSchema))
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

// harmless fails the test if a terminal would act upon a byte of doc.
func harmless(t *testing.T, doc []byte) {
	t.Helper()
	for _, bad := range []string{"\x1b", "\u009b", "\u202e", "\xff", "##[", "##vso[", "##teamcity[", "\n::x"} {
		if bytes.Contains(doc, []byte(bad)) {
			t.Errorf("got %q in the report, want it escaped", bad)
		}
	}
}

func TestEveryReportIsHarmless(t *testing.T) {
	var b bytes.Buffer
	if err := Console(&b, sample(), Look{}, "report"); err != nil {
		t.Fatal(err)
	}
	harmless(t, b.Bytes())
	doc, err := JUnit(sample())
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, doc)
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain – ✓":          "plain – ✓",
		"a\nb\tc":            `a\nb\tc`,
		"\xff\x00":           `\xff\x00`,
		"\u202e\u009b\u007f": `\u202e\u009b\x7f`,
		`"quoted\"`:          `"quoted\"`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q): got %s, want %s", in, got, want)
		}
	}
}

func TestWriteLeavesNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "report")
	if err := Ready(dir); err != nil {
		t.Fatal(err)
	}
	for range 2 { // A second report replaces the first.
		if err := Write(dir, sample()); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range files {
		names = append(names, f.Name())
	}
	if want := []string{HTMLFile, JUnitFile, MetricsFile, SummaryFile, ResultsFile}; !slices.Equal(names, want) {
		t.Errorf("got %v, want only %v", names, want)
	}
}

func TestReadyRefusesAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if err := Ready(dir); err == nil {
			t.Errorf("Ready(%s): got nil, want an error", dir)
		}
	}
}

func TestMarkdown(t *testing.T) {
	golden(t, "matrix.md", []byte(Markdown(sample(), map[string]string{"nginx": "\nIt was tried.\n"})))
	cells, err := Cells(sample())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "cells.json", cells)
}

func TestReadReturnsWhatWasWritten(t *testing.T) {
	write := func(r Run) []byte {
		doc, err := JSON(r)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	read := func(doc []byte) Run {
		r, err := Read(doc)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	doc := write(read(write(sample()))) // What is no UTF-8 is replaced once.
	if again := write(read(doc)); !bytes.Equal(again, doc) {
		t.Error("got another report after reading it")
	}
	if got, want := read(doc).Counts(), sample().Counts(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := Read(bytes.Replace(doc, []byte(Schema), []byte("gatequake/results/0"), 1)); err == nil || !strings.Contains(err.Error(), `got "gatequake/results/0", want "`+Schema) {
		t.Errorf("got %v for another schema, want an error that names both", err)
	}
}

func TestAnnotations(t *testing.T) {
	golden(t, "annotations.txt", []byte(Annotations(sample())))
}
