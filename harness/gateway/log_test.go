package gateway

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestLogThatIsNoFileHoldsNobodyUp: a gateway may put anything where its log was.
func TestLogThatIsNoFileHoldsNobodyUp(t *testing.T) {
	dir := t.TempDir()
	pipe, zero := filepath.Join(dir, "pipe"), filepath.Join(dir, "zero")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", zero); err != nil {
		t.Fatal(err)
	}
	done := make(chan []string, 1)
	go func() { done <- append(readLines(pipe, 0), readLines(zero, 0)...) }()
	select {
	case lines := <-done:
		if len(lines) > 0 {
			t.Errorf("got %d lines, want none", len(lines))
		}
	case <-time.After(10 * time.Second):
		t.Error("still waits for a pipe to which nobody writes")
	}
}
