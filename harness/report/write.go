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
	MetricsFile = "metrics.prom"
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

// Write writes every file of the report into dir, which Ready has made. Each appears whole or not at all.
func Write(dir string, r Run) error {
	for _, file := range []struct {
		name string
		make func(Run) ([]byte, error)
	}{{ResultsFile, JSON}, {JUnitFile, JUnit}, {MetricsFile, Metrics}} {
		content, err := file.make(r)
		if err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
		if err := renameio.WriteFile(filepath.Join(dir, file.name), content, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}
