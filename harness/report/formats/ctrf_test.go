package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// TestCTRF holds that every experiment is a test, and that exactly what turns a run red is failed.
func TestCTRF(t *testing.T) {
	doc, err := ctrf(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "ctrf.golden.json", doc)
	var got ctrfReport
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	s, c := got.Results.Summary, reporttest.Sample().Counts()
	want := fmt.Sprint(c.Pass, c.Fail+c.Inconclusive, c.Unsupported, c.Known)
	if sums := fmt.Sprint(s.Passed, s.Failed, s.Skipped, s.Other); sums != want || s.Tests != len(got.Results.Tests) {
		t.Errorf(
			"got passed, failed, skipped, other %s of %d, want %s of %d",
			sums,
			s.Tests,
			want,
			len(got.Results.Tests),
		)
	}
	if s.Start+14600 != s.Stop {
		t.Errorf("got start %d and stop %d, want 14.6 s between them", s.Start, s.Stop)
	}
	for i, v := range reporttest.Sample().Verdicts {
		test, red := got.Results.Tests[i], report.KindOf(v).Red()
		ofCell := test.Name == v.ID && slices.Equal(test.Suite, []string{v.Gateway, v.Setting})
		if !ofCell || (test.Status == "failed") != red || (test.Trace != "") != red {
			t.Errorf("got %+v, want %s of %s failed %t, and then with its details", test, v.ID, v.Gateway, red)
		}
	}
}

func TestCTRFOfNothing(t *testing.T) {
	doc, err := ctrf(report.Run{})
	if err != nil || !bytes.Contains(doc, []byte(`"tests": []`)) {
		t.Errorf("got %s (%v), want an empty list of tests: the format asks for one", doc, err)
	}
}
