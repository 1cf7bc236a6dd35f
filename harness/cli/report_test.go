package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
)

// TestEveryFormat prints stored results in each format there is, and writes them in each that has a file.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	file, dir := results(t, "--only", "refused@cold,reset-on-accept,wrong-port", "--setting", "document"), t.TempDir()
	gatequake("report", file, "--report", dir).
		is(t, statusHolds, "Report: "+dir+"/"+strings.Join(report.Files(), ", "))
	for _, f := range report.Formats() {
		o := gatequake("report", file, "--format", f.Name)
		if f.Name == "recovery" { // That is of a run with --repeat.
			o.is(t, statusUsage, "report: "+file+": got no experiment that was repeated")
			continue
		}
		o.is(t, statusHolds)
		if o.out == "" || o.err != "" {
			t.Errorf("%s: got %d bytes and %q, want the format alone", f.Name, len(o.out), o.err)
		}
		if f.File == "" {
			continue
		}
		for _, dir := range []string{filepath.Dir(file), dir} {
			if doc, err := os.ReadFile(filepath.Join(dir, f.File)); err != nil || string(doc) != o.out {
				t.Errorf("%s: got other text in %s (%v)", f.Name, filepath.Join(dir, f.File), err)
			}
		}
	}
	gatequake("help", "report").is(t, statusHolds, formatNames()...)
}
