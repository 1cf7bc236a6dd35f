package cli

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/survey"
)

// hopeless is the error of a gateway that was surveyed and that cannot be broken, with what to do; nil for any other.
func hopeless(f survey.Found) error {
	switch n := len(f.StandIns); {
	case n == 1:
		return unclear(fmt.Errorf("%s does not start here without %s: put it there, and survey it again",
			f.Own.Name, f.StandIns[0].Path))
	case n > 1:
		return unclear(fmt.Errorf("%s does not start here without the %d files and folders that are missing, see above: "+
			"put them there, and survey it again", f.Own.Name, n))
	case !f.Reaches():
		return unclear(errors.New("there is nothing to break, as no probe reaches an upstream: " + f.Advice()))
	}
	return nil
}

// surveying shows what a survey does, once it has taken longer than a reader waits without a sign: a line that changes
// on a terminal, and a line now and then elsewhere.
type surveying struct {
	mu    sync.Mutex
	out   io.Writer
	width int // of the terminal; 0 for none
	begin time.Time
	now   string
	shown time.Time
	stop  chan struct{}
	ended chan struct{}
}

// quiet is how long a survey says nothing: most are over by then.
const quiet = 2 * time.Second

func (a *app) surveying() *surveying {
	width := 0
	if fd, ok := terminal(a.err); ok && a.env["TERM"] != "dumb" {
		if w, _, err := term.GetSize(fd); err != nil || w < 1 {
			width = anyWidth
		} else {
			width = w
		}
	}
	return newSurveying(a.err, width, time.Now())
}

func newSurveying(out io.Writer, width int, begin time.Time) *surveying {
	s := &surveying{out: out, width: width, begin: begin, stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-tick.C:
				s.show()
			}
		}
	}()
	return s
}

// does notes what the survey does now.
func (s *surveying) does(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = what
}

func (s *surveying) show() {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := time.Since(s.begin)
	if s.now == "" || took < quiet || s.width == 0 && !s.shown.IsZero() && time.Since(s.shown) < alive {
		return
	}
	s.shown = time.Now()
	line := []rune(report.Safe(fmt.Sprintf("survey, %.0fs: %s", took.Seconds(), s.now)))
	if s.width == 0 {
		_, _ = fmt.Fprintln(s.out, string(line))
		return
	}
	if len(line) >= s.width {
		line = append(line[:max(0, s.width-2)], '…')
	}
	_, _ = fmt.Fprint(s.out, "\r\x1b[K"+string(line))
}

// end takes the line away. Nothing is shown afterwards.
func (s *surveying) end() {
	close(s.stop)
	<-s.ended
	if s.width > 0 && !s.shown.IsZero() {
		_, _ = fmt.Fprint(s.out, "\r\x1b[K")
	}
}
