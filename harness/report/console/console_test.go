package console

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

func TestConsole(t *testing.T) {
	for name, look := range map[string]Style{
		"console.golden": {}, "narrow.golden": {Width: 50}, "color.golden": {Color: true},
	} {
		var b bytes.Buffer
		if err := Write(&b, reporttest.Sample(), look); err != nil {
			t.Fatal(err)
		}
		reporttest.Golden(t, name, b.Bytes())
	}
}

func TestConsoleOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, report.Run{}, Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "0 experiments") {
		t.Errorf("got %q, want it to say that there were none", b.String())
	}
}

func TestAims(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, reporttest.Aimed(), Style{}); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "aims.golden", b.Bytes())
}

func TestRemediesOnAConsole(t *testing.T) {
	r := reporttest.Tried()
	r.Verdicts[0].Remedies[0].Reason, r.Verdicts[0].Remedies[0].Saw = reporttest.Hostile, reporttest.Hostile
	var b strings.Builder
	if err := Write(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.ContainsAny(got, "\x1b\u009b\u202e") || !strings.Contains(got, "the client saw") ||
		strings.Contains(got, "want  ") {
		t.Errorf("got\n%q\nwant remedies, and nothing that moves a terminal", got)
	}
}

func TestCellsMakeTheSameMatrix(t *testing.T) {
	doc, err := report.Cells(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := report.ReadCells(doc)
	if err != nil {
		t.Fatal(err)
	}
	r := report.OfCells(kept, report.Catalogue{})
	if r.Counts() != reporttest.Sample().Counts() {
		t.Errorf("got %+v, want %+v", r.Counts(), reporttest.Sample().Counts())
	}
	if got, want := (Style{}).matrix(
		r,
		report.CellText,
	), (Style{}).matrix(
		reporttest.Sample(),
		report.CellText,
	); got != want {
		t.Errorf("got the matrix\n%s\nwant\n%s", got, want)
	}
}
