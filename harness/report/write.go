package report

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Names of the files that Write makes.
const (
	ResultsFile = "results.json"
	JUnitFile   = "junit.xml"
	HTMLFile    = "index.html"
	MetricsFile = "metrics.prom"
	SummaryFile = "report.md"
)

// Ready makes the folder if it is not there and proves that files can be written in it.
func Ready(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make report folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".gatequake-*")
	if err != nil {
		return fmt.Errorf("write to report folder: %w", err)
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// form is a file of the report.
type form struct {
	name string
	make func(Run) ([]byte, error)
}

// Write writes every file of the report into dir, which Ready has made, and which is made again if somebody has removed
// it since. Each appears whole or not at all.
func Write(dir string, r Run) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make report folder: %w", err)
	}
	for _, f := range []form{{ResultsFile, JSON}, {JUnitFile, JUnit}, {HTMLFile, HTML}, {MetricsFile, Metrics}, {SummaryFile, summary}} {
		if err := f.write(dir, r); err != nil {
			return err
		}
	}
	return nil
}

// WriteHTML writes the file for a browser, as Write does.
func WriteHTML(dir string, r Run) error { return form{HTMLFile, HTML}.write(dir, r) }

func (f form) write(dir string, r Run) error {
	content, err := f.make(r)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	if err := renameio.WriteFile(filepath.Join(dir, f.name), content, 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
