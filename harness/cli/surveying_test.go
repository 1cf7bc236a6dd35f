package cli

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// sharedText is what several goroutines may write to and read.
type sharedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *sharedText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *sharedText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestASurveySaysWhatItDoes: nothing at first, then a line; on a terminal one that is taken away at the end.
func TestASurveySaysWhatItDoes(t *testing.T) {
	t.Parallel()
	const says = "asking 127.0.0.1:8080 for 14 paths"
	for name, width := range map[string]int{"terminal": 30, "elsewhere": 0} {
		out := &sharedText{}
		s := newSurveying(out, width, time.Now())
		s.does(says)
		s.show()
		if got := out.String(); got != "" {
			t.Errorf("%s: got %q at once, want nothing: most surveys are over soon", name, got)
		}
		s.end()

		s = newSurveying(out, width, time.Now().Add(-time.Minute))
		s.does(says + "\x1b[2J")
		awaited(t, "that it says what it does", func() bool { return strings.Contains(out.String(), "asking 127.0") })
		s.end()
		got := out.String()
		switch {
		case strings.Contains(got, "\x1b[2J"):
			t.Errorf("%s: got %q, want it escaped", name, got)
		case width == 0 && (strings.Contains(got, "\x1b") || !strings.Contains(got, says) || !strings.HasSuffix(got, "\n")):
			t.Errorf("%s: got %q, want plain lines", name, got)
		case width > 0 && (strings.Contains(got, says) || !strings.HasSuffix(got, "\r\x1b[K")):
			t.Errorf("%s: got %q, want a line that fits in, and that it is taken away", name, got)
		}
	}
}
