package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
)

// progress shows how far a run is. Its methods may be called side by side; end comes last.
type progress interface {
	started(runner.Job)
	done(verdict.Verdict)
	end()
}

// tally counts what has happened so far.
type tally struct {
	begin            time.Time
	total, done, red int
	// told are the deviations that were shown, each once; nil where none is: they come again at the end.
	told map[string]bool
}

// count adds a verdict and returns the line to show for it, "" if there is none.
func (t *tally) count(v verdict.Verdict) string {
	t.done++
	if !report.Red(v) {
		return ""
	}
	t.red++
	if key := report.Key(v); t.told != nil && !t.told[key] {
		t.told[key] = true
		return report.Line(v)
	}
	return ""
}

// sofar is "31 of 92 experiments, 2 red".
func (t *tally) sofar() string {
	return fmt.Sprintf("%d of %d experiments, %d red", t.done, t.total, t.red)
}

// watch returns the progress that suits w: live on a terminal, lines elsewhere. Each shows deviations as they come only
// where that is asked for.
func (a *app) watch(w io.Writer, total int, verbose bool) progress {
	t := tally{begin: time.Now(), total: total}
	if verbose {
		t.told = map[string]bool{}
	}
	if fd, ok := terminal(w); ok && a.env["TERM"] != "dumb" {
		return newLive(w, fd, t)
	}
	return newLines(w, t)
}

// lines is progress for a pipeline's log: a line every few seconds to show that it lives, and one for each new
// deviation where that is asked for.
type lines struct {
	mu    sync.Mutex
	out   io.Writer
	tally tally
	stop  chan struct{}
	ended chan struct{}
}

// alive is how often a log hears of a run in which nothing goes wrong.
const alive = 5 * time.Second

func newLines(w io.Writer, t tally) *lines {
	l := &lines{out: w, tally: t, stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		tick := time.NewTicker(alive)
		defer tick.Stop()
		for {
			select {
			case <-l.stop:
				return
			case <-tick.C:
				l.mu.Lock()
				_, _ = fmt.Fprintf(l.out, "%s, %s\n", l.tally.sofar(), time.Since(l.tally.begin).Round(time.Second))
				l.mu.Unlock()
			}
		}
	}()
	return l
}

func (l *lines) started(runner.Job) {}

func (l *lines) done(v verdict.Verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line := l.tally.count(v); line != "" {
		_, _ = fmt.Fprintln(l.out, line)
	}
}

func (l *lines) end() {
	close(l.stop)
	<-l.ended
}
