package faults

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/proxystatus"
)

// FuzzAnswer reads the files of answers: what is read is within its bounds and of the dictionary; what is not is told
// in one line with its place.
func FuzzAnswer(f *testing.F) {
	_ = fs.WalkDir(fixtures.Answers(), ".", func(path string, d fs.DirEntry, err error) error {
		if text, err := fs.ReadFile(fixtures.Answers(), path); err == nil && !d.IsDir() {
			f.Add(string(text))
		}
		return err
	})
	f.Add(soundHead + "---\n" + strings.Repeat("{{fill 1048576}}", 64))
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAnswer("odd.answer", text)
		if err != nil {
			if said := err.Error(); !strings.HasPrefix(said, "odd.answer:") || strings.ContainsAny(said, "\n\r") ||
				len(said) > 2000 {
				t.Errorf("got %q, want one line that begins with the place", said)
			}
			return
		}
		if len(a.bytes) > maxAnswer || !slices.Contains(proxystatus.ErrorTypes(), a.Error) ||
			!slices.Contains(catalog.Phases(), a.Phase) ||
			a.When != onRequest && a.When != onAccept || a.Every < 0 || a.Title == "" || a.What == "" {
			t.Errorf("got %d bytes, error %q, phase %q, when %q, every %s, title %q, want what the checks let through",
				len(a.bytes), a.Error, a.Phase, a.When, a.Every, a.Title)
		}
	})
}
