package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	file, dir := results(t, "--only", "garbage", "--setting", "document"), filepath.Join(t.TempDir(), "page")
	page := func(dir string) []byte {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	gatequake("html", file, "--report", dir).is(t, statusHolds, "Report: "+dir+"/index.html")
	if !bytes.Equal(page(dir), page(filepath.Dir(file))) {
		t.Error("got another page than the run wrote, want the same")
	}
	gatequake("html", "../../fixtures/gateways/RESULTS.json", "--report", dir).is(t, statusHolds)
	for _, want := range []string{"#cell=nginx/stock/refused", "gatequake run --gateway nginx --setting stock --only refused", "nothing listens at the upstream"} {
		if !bytes.Contains(page(dir), []byte(want)) {
			t.Errorf("got no %q in the page of the cells", want)
		}
	}
}

func TestHTMLOfWhatIsNone(t *testing.T) {
	dir, wrong := t.TempDir(), filepath.Join(t.TempDir(), "cut.json")
	if err := os.WriteFile(wrong, []byte(`{"schema":"gatequake/cells/1","cells":[{"id":`), 0o644); err != nil {
		t.Fatal(err)
	}
	file := results(t, "--only", "garbage", "--setting", "document")
	gatequake("html").is(t, statusUsage, "want one results.json")
	gatequake("html", "nowhere.json", "--report", dir).is(t, statusUsage, "html: nowhere.json: no such file or directory")
	gatequake("html", wrong, "--report", dir).is(t, statusUsage, "html: "+wrong+": read cells: unexpected end of JSON input")
	gatequake("html", changed(t, file, "gatequake/results/2", "gatequake/results/0"), "--report", dir).is(t, statusUsage, `got "gatequake/results/0"`)
	gatequake("html", file, "--report", file).is(t, statusUsage, "choose another folder")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v (%v) left behind, want nothing", left, err)
	}
}
