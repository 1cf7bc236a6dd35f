package report

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzRead reads results: of what is read every report can be made, harmless to a terminal, and it reads the same when
// it is written again.
func FuzzRead(f *testing.F) {
	few := sample()
	few.Verdicts = few.Verdicts[:4]
	doc, err := JSON(few)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	for _, text := range []string{
		"", "null", "{}", `{"schema":"gatequake/results/2"}`, `{"schema":"gatequake/results/2","experiments":[null]}`,
		`{"schema":"gatequake/results/2","interrupted":true}` + "\n" + `{"id":"refused","gateway":"x","setting":"y"}` + "\n", strings.Repeat("[", 1<<12),
		`{"schema":"gatequake/results/2","experiments":[{"id":"a","gateway":"b","setting":"c","took_ms":1e300,"recovery_ms":1e300,"runs":[{}]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := Read(doc)
		if err != nil {
			if said := Safe(err.Error()); !strings.HasPrefix(said, "read results: ") || len(said) > 64<<10 {
				t.Errorf("got %.300q of %d bytes", said, len(said))
			}
			return
		}
		everyReport(t, r)
		again, err := JSON(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(again)
		if err != nil {
			t.Fatalf("%v, of what was written: %s", err, again)
		}
		if third, err := JSON(back); err != nil || !bytes.Equal(third, again) {
			t.Errorf("got %s\nback (%v), want\n%s", third, err, again)
		}
	})
}

// everyReport makes every form of the run and holds that none of them is dangerous to look at.
func everyReport(t *testing.T, r Run) {
	t.Helper()
	var console bytes.Buffer
	if err := Console(&console, r, Look{Width: 80}, "report"); err != nil {
		t.Fatal(err)
	}
	harmless(t, console.Bytes())
	for _, text := range []string{Summary(r), Markdown(r, nil), Annotations(r), Changes(Diff(r, r))} {
		harmless(t, []byte(text))
	}
	for name, make := range map[string]func(Run) ([]byte, error){"JUnit": JUnit, "HTML": HTML, "metrics": Metrics} {
		doc, err := make(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name != "HTML" { // A browser obeys other things.
			harmless(t, doc)
		}
	}
}
