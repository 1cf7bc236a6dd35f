package formats

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/report"
)

func init() {
	report.Register(report.Format{
		Name: "sarif", File: "results.sarif",
		About: "SARIF 2.1.0, for code scanning: findings at the lines of your configuration", Write: whole(sarif),
	})
}

// The parts of a log file of SARIF 2.1.0, by their numbers in
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID   string    `json:"id"`
		Says sarifText `json:"shortDescription"`
	}
	sarifInvocation struct { // 3.20
		Successful  bool   `json:"executionSuccessful"`
		CommandLine string `json:"commandLine,omitempty"`
		Started     string `json:"startTimeUtc,omitempty"`
	}
	sarifResult struct { // 3.27
		Rule         string            `json:"ruleId"`
		Kind         string            `json:"kind"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifText struct { // 3.11
		Text string `json:"text"`
	}
	sarifLocation struct { // 3.28
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct { // 3.29
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct { // 3.4
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30
		Line int `json:"startLine"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// sarif returns the findings of a gateway of the user's own as SARIF: each at the lines that have the directive by
// which it is mended, or else at those that name the broken upstream. One of which no line is known, as of a gateway
// that runs elsewhere, stands at the file that describes the gateway. Known gateways have no file of the user's, and no
// result: what is red with them is in the other forms.
//
// A finding is what the run fails by, so each is an error. Its rule is the harm that it does, which stays the same
// whatever it is that broke. An inconclusive run is one whose execution did not succeed.
func sarif(r report.Run) ([]byte, error) {
	c := r.Counts()
	out := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "Gatequake", Version: report.Safe(r.Tool), Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{
			Successful: !r.Interrupted && c.Inconclusive == 0, CommandLine: report.Safe(r.Command),
		}},
		Results: []sarifResult{},
	}
	if !r.Started.IsZero() {
		out.Invocations[0].Started = r.Started.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	ruled := map[string]bool{}
	for _, f := range r.Findings() {
		rule := ruleOf(f.Harm)
		if !ruled[rule] {
			ruled[rule] = true
			out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, sarifRule{rule, sarifText{harmWords(f.Harm)}})
		}
		out.Results = append(out.Results, sarifResult{
			Rule: rule, Kind: "fail", Level: "error", Message: sarifText{sarifWords(f)}, Locations: locationsOf(f),
			Fingerprints: map[string]string{"gatequake/finding/1": fingerprint(f)},
		})
	}
	doc, err := json.MarshalIndent(sarifLog{
		Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{out},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode sarif: %w", err)
	}
	return append(foreign.JSON(doc), '\n'), nil
}

// notInRule is what stands in no ID of a rule.
var notInRule = regexp.MustCompile(`[^a-z0-9]+`)

// ruleOf is "post-is-sent-twice" for a POST that is sent twice.
func ruleOf(h check.Harm) string {
	words := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(harmWords(h)), "a "), "an ")
	return strings.Trim(notInRule.ReplaceAllString(words, "-"), "-")
}

// harmWords are the harm in words; that of results that others wrote may be none.
func harmWords(h check.Harm) string { return report.Safe(cmp.Or(string(h), "an experiment failed")) }

// sarifWords say what a client suffers, what mends it, and how to see it again. The first sentence is the harm: viewers
// show no more of it where there is little room.
func sarifWords(f report.Finding) string {
	lines := []string{harmWords(f.Harm) + "."}
	for _, h := range f.Heads() {
		lines = append(lines, strings.TrimSpace(h[0]+": "+h[1]))
	}
	if f.Fix != nil {
		lines = append(lines, report.Safe(fmt.Sprintf("fix: %s; put into %s:", f.Fix.Says, f.Fix.Place)))
		for text := range strings.Lines(f.Fix.Snippet) {
			lines = append(lines, "    "+report.Safe(strings.TrimRight(text, "\n")))
		}
		lines = append(lines, "see: "+report.Safe(f.Fix.Link))
	}
	return strings.Join(append(lines, "again: "+report.Safe(f.Replay)), "\n")
}

// unplaced is where a finding stands of which no line of a configuration is known.
const unplaced = "gatequake.yaml"

func locationsOf(f report.Finding) []sarifLocation {
	all := []sarifLocation{}
	for _, l := range f.Lines() {
		all = append(all, sarifLocation{sarifPhysical{
			sarifArtifact{uriOf(l.File)}, &sarifRegion{max(l.Number, 1)},
		}})
	}
	if len(all) == 0 {
		all = append(all, sarifLocation{sarifPhysical{Artifact: sarifArtifact{unplaced}}})
	}
	return all
}

// fingerprint is the same for the same finding of a later run, on whatever line it stands then.
func fingerprint(f report.Finding) string {
	if f.Fix != nil {
		return report.Safe(ruleOf(f.Harm) + "/" + f.Fix.Directive)
	}
	t := f.Cells[0].Target
	return report.Safe(strings.Join([]string{ruleOf(f.Harm), t.Probe, t.Upstream}, "/"))
}

// uriOf is the path as a URI: relative to the repository that is scanned, or of a file of the machine's.
func uriOf(path string) string {
	u := url.URL{Path: path}
	if strings.HasPrefix(path, "/") {
		u.Scheme = "file"
	}
	return report.Safe(u.String())
}
