package formats

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestEveryReportIsHarmless makes every format of a run in which a gateway wrote what moves a terminal.
func TestEveryReportIsHarmless(t *testing.T) {
	r := report.ReadLogs(reporttest.Charted(reporttest.Timed(reporttest.Judged(reporttest.Sample()))))
	r.Verdicts[0].Recovery = &verdict.Recovery{Times: 2}
	for _, f := range report.Formats() {
		doc, err := f.Bytes(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(doc) == 0 {
			t.Errorf("%s: got nothing, want a report", f.Name)
		}
		reporttest.Harmless(t, doc)
	}
}

func TestWriteLeavesNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "report")
	if err := report.Ready(dir); err != nil {
		t.Fatal(err)
	}
	for range 2 { // A second report replaces the first.
		if err := report.Write(dir, reporttest.Sample()); err != nil {
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
	want := slices.Sorted(slices.Values(report.Files()))
	if len(want) < 5 || !slices.Equal(names, want) {
		t.Errorf("got %v, want only %v", names, want)
	}
}

func TestReportMakesItsFolderAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	if err := report.Write(dir, reporttest.Sample()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, report.ResultsFile)); err != nil {
		t.Error(err)
	}
}
