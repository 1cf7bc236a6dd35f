package formats

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

func init() {
	report.Register(report.Format{
		Name: "junit", File: "junit.xml", About: "JUnit XML, for what shows the tests of a pipeline",
		Write: whole(junitXML),
	})
}

// junitXML returns the run as JUnit XML: a suite for each gateway and setting, a case for each experiment, in a
// class that no other suite has, as GitLab takes cases of one class and name for one. A fail is a failure and an
// inconclusive experiment an error, because both turn a run red. A known deviation is skipped, with its reason, like
// what is unsupported: as a failure it would turn red what the exit status calls green, as a pass it would be hidden,
// and JUnit has nothing else.
func junitXML(r report.Run) ([]byte, error) {
	suites := junit.Testsuites{Name: "gatequake", Time: seconds(r.Took)}
	for i, c := range r.Columns() {
		s, took := junit.Testsuite{Name: report.Safe(c.Gateway + "/" + c.Setting), ID: i}, time.Duration(0)
		s.SetTimestamp(r.Started.UTC())
		s.AddProperty("gatequake", report.Safe(r.Tool))
		s.AddProperty("version", report.Safe(c.Version))
		s.AddProperty("world", report.Safe(r.World))
		s.AddProperty("interrupted", fmt.Sprint(r.Interrupted))
		for _, v := range r.Verdicts {
			if report.ColumnOf(v) == c {
				s.AddTestcase(testcase(v))
				took += report.TookOf(v)
			}
		}
		s.Time = seconds(took)
		suites.AddSuite(s)
	}
	suites.Skipped = 0 // Stands with each suite; readers by Jenkins' schema know no sum of it.
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if err := suites.WriteXML(&b); err != nil {
		return nil, fmt.Errorf("encode junit: %w", err)
	}
	return b.Bytes(), nil
}

func testcase(v verdict.Verdict) junit.Testcase {
	c := junit.Testcase{
		Name:      report.Safe(v.ID),
		Classname: report.Safe(strings.Join([]string{v.Gateway, v.Setting, string(v.Cause)}, ".")),
		Time:      seconds(report.TookOf(v)),
	}
	result := &junit.Result{Message: report.Safe(report.Why(v)), Type: v.Result.String(), Data: details(v)}
	switch report.KindOf(v) {
	case report.Pass:
	case report.Known:
		result.Message, result.Type = "known deviation: "+report.Safe(v.Deviation), "known-deviation"
		c.Skipped = result
	case report.Unsupported:
		c.Skipped = result
	case report.Fail:
		c.Failure = result
	default:
		c.Error = result
	}
	return c
}

// details is the text of a case: what one needs to understand it without the other files.
func details(v verdict.Verdict) string {
	lines := []string{}
	for _, l := range []struct{ name, text string }{
		{"experiment", v.Title},
		{"reason", report.Why(v)},
		{"expected", v.Expected},
		{"observed", v.Observed},
		{"evidence", v.Evidence},
		{"to reproduce", v.Replay},
	} {
		if l.text != "" {
			lines = append(lines, l.name+": "+report.Safe(l.text))
		}
	}
	for _, l := range v.Log {
		lines = append(lines, "log: "+report.Safe(l))
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
