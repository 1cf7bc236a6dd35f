package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/progress"
	"golang.org/x/term"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
)

// live is progress on a terminal: a bar, what is running, and above them each deviation as it occurs, where that is
// asked for.
type live struct {
	mu      sync.Mutex
	writer  pretty.Writer
	bar     *pretty.Tracker
	width   int
	tally   tally
	running []string
	ended   chan struct{}
}

// redraw is how often the terminal is written to: often enough to look alive.
const redraw = 200 * time.Millisecond

// anyWidth is for a terminal that does not tell its width.
const anyWidth = 80

func newLive(w io.Writer, fd int, t tally) *live {
	width, _, err := term.GetSize(fd)
	if err != nil || width < 1 {
		width = anyWidth
	}
	l := &live{
		writer: pretty.NewWriter(),
		bar:    &pretty.Tracker{Total: int64(t.total)},
		width:  width,
		tally:  t,
		ended:  make(chan struct{}),
	}
	l.writer.SetOutputWriter(w)
	l.writer.SetUpdateFrequency(redraw)
	l.writer.SetTrackerPosition(pretty.PositionRight)
	l.writer.SetTerminalWidth(width)
	l.writer.SetTrackerLength(20)
	style := pretty.StyleBlocks
	style.Visibility = pretty.StyleVisibility{Pinned: true, Tracker: true, Time: true}
	style.Options.Separator, style.Options.DoneString = "  ", ""
	style.Options.TimeInProgressPrecision, style.Options.TimeDonePrecision = time.Second, time.Second
	l.writer.SetStyle(style)
	l.show()
	l.writer.AppendTracker(l.bar)
	go func() {
		defer close(l.ended)
		l.writer.Render()
	}()
	return l
}

func (l *live) started(j runner.Job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = append(l.running, label(j.Gateway.Name, j.Setting, j.Experiment))
	l.show()
}

func (l *live) done(v verdict.Verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.running, label(v.Gateway, v.Setting, v.ID)); i >= 0 {
		l.running = slices.Delete(l.running, i, i+1)
	}
	if line := l.tally.count(v); line != "" {
		l.writer.Log("%s", line)
	}
	l.bar.Increment(1)
	l.show()
}

// show puts the present state on the screen; the bar's own clock shows the time.
func (l *live) show() {
	l.bar.UpdateMessage(l.tally.sofar())
	now := []rune("running: " + strings.Join(l.running, ", "))
	if len(now) >= l.width {
		now = append(now[:max(0, l.width-2)], '…')
	}
	l.writer.SetPinnedMessages(report.Safe(string(now)))
}

func (l *live) end() {
	l.mu.Lock()
	l.running = nil
	l.writer.SetPinnedMessages()
	l.bar.UpdateMessage(l.tally.sofar())
	l.bar.MarkAsDone()
	l.mu.Unlock()
	for { // A Stop before Render has begun is lost on it (go-pretty v6.8.3; TestProgress hangs if it is called once).
		l.writer.Stop()
		select {
		case <-l.ended:
			return
		case <-time.After(redraw):
		}
	}
}

func label(gateway, setting, id string) string { return fmt.Sprintf("%s/%s %s", gateway, setting, id) }
