package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
)

func TestFormatsArePrinted(t *testing.T) {
	t.Parallel()
	file := results(t, "--only", "garbage", "--setting", "document")
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
		if doc, err := os.ReadFile(filepath.Join(filepath.Dir(file), f.File)); err != nil || string(doc) != o.out {
			t.Errorf("%s: got other text than run wrote into %s (%v)", f.Name, f.File, err)
		}
	}
	gatequake("help", "report").is(t, statusHolds, formatNames()...)
}

func TestReportWritesEveryFile(t *testing.T) {
	t.Parallel()
	file, dir := results(t, "--only", "garbage", "--setting", "document"), t.TempDir()
	worse := changed(t, file, `"verdict": "pass"`, `"verdict": "fail"`)
	written := "Report: " + dir + "/" + strings.Join(report.Files(), ", ")
	gatequake("report", file, "--report", dir).is(t, statusHolds, "garbage", written)
	gatequake("report", worse, "--report", dir).is(t, statusFails, written)
	gatequake("report", worse, "--report", dir, "--baseline", file).is(t, statusFails, "4 worse")
	gatequake("report", worse, "--report", dir, "--baseline", worse).is(t, statusHolds, "0 worse")
	for _, name := range report.Files() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestKeptCellsArePrinted(t *testing.T) {
	const cells = "../../fixtures/gateways/RESULTS.json"
	gatequake("report", cells, "--format", "html").is(
		t,
		statusHolds,
		"#cell=nginx/stock/refused",
		"gatequake run --gateway nginx --setting stock --only refused",
		"nothing listens at the upstream",
	)
	gatequake("report", cells, "--report", t.TempDir()).is(t, statusUsage, "got cells without their evidence")
	gatequake("report", cells, "--format", "json").is(t, statusUsage, "got cells without their evidence")
}

func TestReportOfWhatIsNone(t *testing.T) {
	dir, wrong := t.TempDir(), filepath.Join(t.TempDir(), "cut.json")
	if err := os.WriteFile(wrong, []byte(`{"schema":"gatequake/cells/1","cells":[{"id":`), 0o644); err != nil {
		t.Fatal(err)
	}
	file := results(t, "--only", "garbage", "--setting", "document")
	old := changed(t, file, "gatequake/results/2", "gatequake/results/0")
	for want, args := range map[string][]string{
		"got no arguments, want a results.json":                           {},
		"report: nowhere.json: no such file or directory":                 {"nowhere.json", "--report", dir},
		"report: " + wrong + ": read cells: unexpected end of JSON input": {wrong, "--format", "html"},
		`got "gatequake/results/0"`:                                       {old, "--report", dir},
		"choose another folder":                                           {file, "--report", file},
		`no format "htlm"; did you mean html?`:                            {file, "--format", "htlm"},
		"got --format and --report, want one of them":                     {file, "--format", "html", "--report", dir},
		"got --baseline with --format junit": {
			file, "--format", "junit", "--baseline", file,
		},
	} {
		gatequake(append([]string{"report"}, args...)...).is(t, statusUsage, want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v (%v) left behind, want nothing", left, err)
	}
}
