package world

import (
	"strings"
	"sync"
)

// keep is how much of a child's output is worth keeping: a panic with the goroutine that caused it fits.
const keep = 8 << 10

// tail keeps the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	last []byte
}

// Write keeps p and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if n := len(t.last) - keep; n > 0 {
		t.last = append(t.last[:0], t.last[n:]...)
	}
	return len(p), nil
}

// String returns what is kept, or "(nothing)".
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := strings.TrimSpace(string(t.last)); s != "" {
		return s
	}
	return "(nothing)"
}
