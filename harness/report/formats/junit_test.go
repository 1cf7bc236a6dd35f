package formats

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/browsertest"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

func TestJUnit(t *testing.T) {
	doc, err := junitXML(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "junit.golden.xml", doc)
	var back struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Skipped int `xml:"skipped,attr"`
			Cases   []struct {
				Name  string `xml:"name,attr"`
				Class string `xml:"classname,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	skipped, seen := 0, map[string]bool{}
	for _, s := range back.Suites {
		skipped += s.Skipped
		for _, c := range s.Cases {
			if name := c.Class + " " + c.Name; seen[name] {
				t.Errorf("got %s twice, want a name of its own for each cell", name)
			} else {
				seen[name] = true
			}
		}
	}
	if got := fmt.Sprint(back.Tests, back.Failures, back.Errors, skipped); got != "21 1 7 2" {
		t.Errorf("got tests, failures, errors, skipped %s, want 21 1 7 2", got)
	}
}

// TestJUnitFitsJenkinsSchema holds what we write against the schema of Jenkins' xUnit plug-in, the strictest that
// readers of JUnit publish.
func TestJUnitFitsJenkinsSchema(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv(browsertest.RequireEnv) != "" {
			t.Fatal("no xmllint on PATH (Debian: libxml2-utils)")
		}
		t.Skip("not run: no xmllint on PATH (Debian: libxml2-utils)")
	}
	fits := func(doc []byte) error {
		cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema",
			filepath.Join("testdata", "schemas", "junit-10.xsd"), "-")
		cmd.Stdin = bytes.NewReader(doc)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	for name, r := range map[string]report.Run{"sample": reporttest.Sample(), "nothing": {}} {
		doc, err := junitXML(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := fits(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := fits(
			[]byte(strings.Replace(string(doc), "<testsuites ", `<testsuites skipped="1" `, 1)),
		); err == nil {
			t.Errorf("%s: got no error for an attribute that is not in the schema", name)
		}
	}
}
