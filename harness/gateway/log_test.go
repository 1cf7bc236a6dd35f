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

// TestColoursAreNoWords: what a gateway writes for a terminal is read without its colours, and nothing else of it.
func TestColoursAreNoWords(t *testing.T) {
	for raw, want := range map[string]string{
		"\x1b[90m19:34\x1b[0m \x1b[1;31mERR\x1b[0m down": "19:34 ERR down",
		"\x1b[2J\x07": ".[2J.",
	} {
		if got := clean(raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}
