package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// ResultsFile is the file of a report that Read reads.
const ResultsFile = "results.json"

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

// Write writes every format that has a file into dir, which Ready has made, and which is made again if somebody has
// removed it since. Each file appears whole or not at all.
func Write(dir string, r Run) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make report folder: %w", err)
	}
	for _, f := range Formats() {
		if f.File == "" {
			continue
		}
		content, err := f.Bytes(r)
		if err != nil {
			return err
		}
		if err := renameio.WriteFile(filepath.Join(dir, f.File), content, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// Written is the line that says where the files are that Write wrote into dir.
func Written(dir string) string {
	return fmt.Sprintf("Report: %s/%s\n", Safe(strings.TrimRight(dir, "/")), strings.Join(Files(), ", "))
}
