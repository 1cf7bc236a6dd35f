package formats

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

func init() {
	report.Register(report.Format{
		Name: "ctrf", About: "Common Test Report Format (ctrf.io), for what compares and publishes test results",
		Write: whole(ctrf),
	})
}

// ctrfVersion is the version of the specification that ctrf follows.
const ctrfVersion = "1.0.0"

// The parts of a report, as https://ctrf.io/docs/specification/root names them.
type (
	ctrfReport struct {
		ReportFormat string      `json:"reportFormat"`
		SpecVersion  string      `json:"specVersion"`
		GeneratedBy  string      `json:"generatedBy"`
		Results      ctrfResults `json:"results"`
	}
	ctrfResults struct {
		Tool    ctrfTool    `json:"tool"`
		Summary ctrfSummary `json:"summary"`
		Tests   []ctrfTest  `json:"tests"`
	}
	ctrfTool struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	ctrfSummary struct {
		Tests   int       `json:"tests"`
		Passed  int       `json:"passed"`
		Failed  int       `json:"failed"`
		Skipped int       `json:"skipped"`
		Pending int       `json:"pending"`
		Other   int       `json:"other"`
		Suites  int       `json:"suites"`
		Start   int64     `json:"start"`
		Stop    int64     `json:"stop"`
		Extra   ctrfExtra `json:"extra"`
	}
	// ctrfExtra is what the format has no field for: how much was to be run, and where.
	ctrfExtra struct {
		Planned     int    `json:"planned"`
		Interrupted bool   `json:"interrupted"`
		World       string `json:"world"`
	}
	ctrfTest struct {
		Name      string            `json:"name"`
		Suite     []string          `json:"suite"`
		Status    string            `json:"status"`
		RawStatus string            `json:"rawStatus"`
		Duration  int64             `json:"duration"`
		Start     int64             `json:"start,omitempty"`
		Message   string            `json:"message,omitempty"`
		Trace     string            `json:"trace,omitempty"`
		Labels    map[string]string `json:"labels"`
	}
)

// ctrf returns the run as CTRF: a test for each experiment, in a suite for each gateway and setting, with the kind of
// its verdict as rawStatus.
//
// An inconclusive experiment is failed, as it turns a run red: readers of CTRF look at the number of those alone. A
// known deviation is other: as passed it would be hidden, as failed it would turn red what the exit status calls
// green, and as skipped it would say that nothing ran. What is unsupported is skipped. Experiments that an interrupted
// run did not come to have no test, and are not pending: their number is in the summary's extra.
func ctrf(r report.Run) ([]byte, error) {
	s := ctrfSummary{
		Tests: len(r.Verdicts), Suites: len(r.Columns()),
		Start: r.Started.UnixMilli(), Stop: r.Started.Add(r.Took).UnixMilli(),
		Extra: ctrfExtra{r.Planned, r.Interrupted, report.Safe(r.World)},
	}
	tests := []ctrfTest{}
	for _, v := range r.Verdicts {
		t := ctrfTestOf(v)
		switch t.Status {
		case "passed":
			s.Passed++
		case "failed":
			s.Failed++
		case "skipped":
			s.Skipped++
		default:
			s.Other++
		}
		tests = append(tests, t)
	}
	doc, err := json.MarshalIndent(ctrfReport{
		ReportFormat: "CTRF", SpecVersion: ctrfVersion, GeneratedBy: "gatequake",
		Results: ctrfResults{ctrfTool{"gatequake", report.Safe(r.Tool)}, s, tests},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode ctrf: %w", err)
	}
	return append(foreign.JSON(doc), '\n'), nil
}

func ctrfTestOf(v verdict.Verdict) ctrfTest {
	k := report.KindOf(v)
	t := ctrfTest{
		Name: report.Safe(v.ID), Suite: []string{report.Safe(v.Gateway), report.Safe(v.Setting)},
		Status: map[report.Kind]string{
			report.Pass: "passed", report.Fail: "failed", report.Inconclusive: "failed", report.Known: "other",
			report.Unsupported: "skipped",
		}[k],
		RawStatus: k.ID(), Message: report.Safe(report.Why(v)),
		Duration: report.TookOf(v).Round(time.Millisecond).Milliseconds(),
		Labels:   map[string]string{"cause": report.Safe(string(v.Cause)), "version": report.Safe(v.Version)},
	}
	if !v.Started.IsZero() {
		t.Start = v.Started.UnixMilli()
	}
	switch k {
	case report.Known:
		t.Message = report.Safe(v.Deviation)
	case report.Fail, report.Inconclusive:
		t.Trace = details(v)
	}
	return t
}
