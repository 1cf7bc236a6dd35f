package report_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

// open begins a stream of the sample's run.
func open(t *testing.T, dir string) *report.Stream {
	t.Helper()
	s, killed, err := report.OpenStream(dir, reporttest.Sample())
	if err != nil || killed {
		t.Fatalf("got killed %t and %v, want a stream", killed, err)
	}
	return s
}

func TestStreamHoldsWhatWasMeasured(t *testing.T) {
	dir := t.TempDir()
	s, want := open(t, dir), reporttest.Sample()
	for _, v := range want.Verdicts {
		if err := s.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := os.ReadFile(filepath.Join(dir, report.PartialFile))
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Harmless(t, doc)
	got, err := report.Read(doc, report.Catalogue{})
	if err != nil || got.Counts() != want.Counts() || !got.Interrupted || got.Planned != want.Planned ||
		got.Took <= 0 {
		t.Errorf("got %+v (%v), want the run, interrupted", got, err)
	}
	// Wherever it breaks off, every line that was whole is there.
	first := bytes.IndexByte(doc, '\n') + 1
	for n := first; n <= len(doc); n += 97 {
		r, err := report.Read(doc[:n], report.Catalogue{})
		if lines := bytes.Count(doc[first:n], []byte("\n")); err != nil || len(r.Verdicts) != lines {
			t.Fatalf("cut after %d bytes: got %d verdicts (%v), want %d", n, len(r.Verdicts), err, lines)
		}
	}
	for n := range first - 1 {
		if _, err := report.Read(doc[:n], report.Catalogue{}); err == nil ||
			!strings.Contains(err.Error(), "they are cut off") {
			t.Fatalf("cut after %d bytes of the first line: got %v, want an error that says so", n, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v (%v) left, want nothing when there is a report", left, err)
	}
}

func TestStreamKeepsWhatAKilledRunLeft(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Add(reporttest.Sample().Verdicts[0]); err != nil {
		t.Fatal(err)
	}
	if _, _, err := report.OpenStream(dir, reporttest.Sample()); err == nil ||
		!strings.Contains(err.Error(), "another run is writing to it") {
		t.Errorf("got %v while another run streams, want an error that says so", err)
	}
	if path, err := s.Keep(); err != nil || path != filepath.Join(dir, report.PartialFile) {
		t.Fatalf("got %q and %v, want the file where it was", path, err)
	}
	again, killed, err := report.OpenStream(dir, reporttest.Sample())
	if err != nil || !killed {
		t.Fatalf("got killed %t and %v, want what was left to be told", killed, err)
	}
	defer func() { _ = again.Close() }()
	doc, err := os.ReadFile(filepath.Join(dir, report.KilledFile))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := report.Read(doc, report.Catalogue{}); err != nil || len(r.Verdicts) != 1 {
		t.Errorf("got %d verdicts (%v), want the one of before", len(r.Verdicts), err)
	}
}

func TestNothingIsWrittenBehindACutLine(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.CloseFile(); err != nil { // As good an error as that of a full disk.
		t.Fatal(err)
	}
	first := s.Add(verdict.Verdict{})
	if second := s.Add(verdict.Verdict{}); first == nil || !errors.Is(second, first) {
		t.Errorf("got %v and then %v, want one error for good", first, second)
	}
}

// folderGone takes the report's folder away while a run streams to it.
func folderGone(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

func TestStreamOutlivesItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "report")
	if err := report.Ready(dir); err != nil {
		t.Fatal(err)
	}
	s, want := open(t, dir), reporttest.Sample()
	for i, v := range want.Verdicts {
		if i == 2 || i == 5 {
			folderGone(t, dir)
		}
		if err := s.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := report.OpenStream(dir, reporttest.Sample()); err == nil ||
		!strings.Contains(err.Error(), "another run is writing to it") {
		t.Errorf("got %v, want that the file is held again", err)
	}
	folderGone(t, filepath.Dir(dir))
	path, err := s.Keep()
	if err != nil || path != filepath.Join(dir, report.PartialFile) {
		t.Fatalf("got %q and %v, want it in its folder, made again", path, err)
	}
	kept(t, path, len(want.Verdicts))
}

// kept fails the test unless the file holds so many verdicts.
func kept(t *testing.T, path string, want int) {
	t.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := report.Read(doc, report.Catalogue{}); err != nil || len(got.Verdicts) != want {
		t.Errorf("got %d verdicts (%v), want %d", len(got.Verdicts), err, want)
	}
}

func TestStreamIsKeptElsewhereIfItsFolderCannotBe(t *testing.T) {
	above := t.TempDir()
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(above, "report")
	if err := report.Ready(dir); err != nil {
		t.Fatal(err)
	}
	s, want := open(t, dir), reporttest.Sample()
	folderGone(t, dir)
	if err := os.WriteFile(dir, []byte("in the way"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, v := range want.Verdicts {
		if err := s.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	path, err := s.Keep()
	if err != nil || !strings.HasPrefix(path, os.TempDir()) {
		t.Fatalf("got %q and %v, want a file in the folder for what is temporary", path, err)
	}
	kept(t, path, len(want.Verdicts))
}

func TestStreamLeavesAnotherRunsFileAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	if err := report.Ready(dir); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	folderGone(t, dir)
	if err := report.Ready(dir); err != nil {
		t.Fatal(err)
	}
	other := open(t, dir)
	if err := errors.Join(
		s.Add(reporttest.Sample().Verdicts[0]),
		s.Add(reporttest.Sample().Verdicts[1]),
		other.Add(reporttest.Sample().Verdicts[0]),
	); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	path, err := s.Keep()
	if err != nil || filepath.Dir(path) == dir {
		t.Fatalf("got %q and %v, want it elsewhere", path, err)
	}
	kept(t, path, 2)
	kept(t, filepath.Join(dir, report.PartialFile), 1)
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}
