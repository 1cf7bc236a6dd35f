package formats

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/github"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// FuzzRead reads results: of what is read every report can be made, harmless to a terminal, and it reads the same when
// it is written again.
func FuzzRead(f *testing.F) {
	few := reporttest.Sample()
	few.Verdicts = few.Verdicts[:4]
	doc, err := report.JSON(few)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	for _, text := range []string{
		"", "null", "{}", `{"schema":"gatequake/results/2"}`, `{"schema":"gatequake/results/2","experiments":[null]}`,
		`{"schema":"gatequake/results/2","interrupted":true}` + "\n" + `{"id":"refused","gateway":"x","setting":"y"}` + "\n",
		strings.Repeat("[", 1<<12),
		`{"schema":"gatequake/results/2","experiments":[{"id":"a","gateway":"b","setting":"c","took_ms":1e300,"recovery_ms":1e300,"runs":[{}]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := report.Read(doc, report.Catalogue{})
		if err != nil {
			if said := report.Safe(err.Error()); !strings.HasPrefix(said, "read results: ") || len(said) > 64<<10 {
				t.Errorf("got %.300q of %d bytes", said, len(said))
			}
			return
		}
		everyReport(t, r)
		again, err := report.JSON(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := report.Read(again, report.Catalogue{})
		if err != nil {
			t.Fatalf("%v, of what was written: %s", err, again)
		}
		if third, err := report.JSON(back); err != nil || !bytes.Equal(third, again) {
			t.Errorf("got %s\nback (%v), want\n%s", third, err, again)
		}
	})
}

// everyReport makes every form of the run and holds that none of them is dangerous to look at.
func everyReport(t *testing.T, r report.Run) {
	t.Helper()
	reporttest.Harmless(t, []byte(github.Annotations(r)))
	reporttest.Harmless(t, []byte(report.Changes(report.Diff(r, r))))
	for _, f := range report.Formats() {
		doc, err := f.Bytes(r)
		if err != nil && f.Name != "recovery" { // That is for a run which was repeated.
			t.Fatal(err)
		}
		if f.Name != "html" { // A browser obeys other things.
			reporttest.Harmless(t, doc)
		}
	}
}
