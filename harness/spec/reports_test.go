package spec_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/verdict"
)

// testcase is a case of Ginkgo's JUnit.
type testcase struct {
	Failure *struct {
		Text string `xml:",chardata"`
	} `xml:"failure"`
	Skipped *struct {
		Message string `xml:"message,attr"`
	} `xml:"skipped"`
	Properties []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	} `xml:"properties>property"`
}

// TestGinkgoReportsCarryTheVerdicts compares what --junit-report and --json-report say of the same experiments.
func TestGinkgoReportsCarryTheVerdicts(t *testing.T) {
	for focus, c := range map[string]struct {
		environment string
		want        verdict.Result
	}{
		"The experiment refused$":         {"", verdict.Pass},
		"The experiment user-agent-deny$": {wrong, verdict.Fail},
		"The experiment firewall-drop$":   {"GATEQUAKE_PORTABLE=1", verdict.Unsupported},
	} {
		t.Run(string(c.want), func(t *testing.T) {
			g := NewWithT(t)
			file := filepath.Join(t.TempDir(), "junit.xml")
			spec := run(
				t,
				exec.CommandContext(t.Context(), fixture, "-ginkgo.focus="+focus, "-ginkgo.junit-report="+file),
				c.environment,
			).one(
				t,
			)
			g.Expect(spec.ReportEntries).To(HaveLen(1))
			asJSON := spec.ReportEntries[0].Value.AsJSON
			v := verdict.Verdict{}
			g.Expect(json.Unmarshal([]byte(asJSON), &v)).To(Succeed())
			g.Expect(v.Result).To(Equal(c.want))
			got := junitOf(t, file, asJSON)
			switch c.want {
			case verdict.Fail:
				g.Expect(got).To(HaveField("Failure.Text", ContainSubstring("To reproduce: "+v.Replay)))
			case verdict.Unsupported:
				g.Expect(got).To(HaveField("Skipped.Message", ContainSubstring("unsupported: "+v.Reason)))
			default:
				g.Expect(got).To(And(HaveField("Failure", BeNil()), HaveField("Skipped", BeNil())))
			}
		})
	}
}

// junitOf returns the case in the file that has the verdict as a property.
func junitOf(t *testing.T, file, verdict string) testcase {
	t.Helper()
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var junit struct {
		Cases []testcase `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(doc, &junit); err != nil {
		t.Fatal(err)
	}
	for _, c := range junit.Cases {
		for _, p := range c.Properties {
			if p.Name == "verdict" && p.Value == verdict {
				return c
			}
		}
	}
	t.Fatalf("got no case with the verdict %s in %s", verdict, doc)
	return testcase{}
}
