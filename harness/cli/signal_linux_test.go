package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// saying is what a command prints while it runs.
type saying struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *saying) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

func (s *saying) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// watched is a run of the built command whose steps are seen from outside: Go tells of every package that it has
// initialised.
type watched struct {
	*exec.Cmd
	said      saying
	temp, out string
}

func watch(t *testing.T, args ...string) *watched {
	t.Helper()
	w := &watched{temp: t.TempDir(), out: filepath.Join(t.TempDir(), "report")}
	w.Cmd = exec.Command(
		binary(t),
		append([]string{"run", "--gateway", "builtin", "--report", w.out, "--workers", "4"}, args...)...)
	w.Env = append(os.Environ(), "TMPDIR="+w.temp, "GODEBUG=inittrace=1")
	w.Stdout, w.Stderr = &w.said, &w.said
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Process.Kill(); _ = w.Wait() })
	return w
}

// moments are when a run is asked to end, from its very beginning on; begun is true when there must be a report.
var moments = []struct {
	name  string
	begun bool
	now   func(*watched) bool
}{
	{
		"signals are caught",
		false,
		func(w *watched) bool { return strings.Contains(w.said.String(), "harness/interrupt/early @") },
	},
	{
		"half of it is initialised",
		false,
		func(w *watched) bool { return strings.Contains(w.said.String(), "harness/world @") },
	},
	{
		"all of it is initialised",
		false,
		func(w *watched) bool { return strings.Contains(w.said.String(), "harness/cli @") },
	},
	{"the folder is there", false, func(w *watched) bool { return there(w.out) }},
	{"the run has begun", true, func(w *watched) bool { return there(filepath.Join(w.out, report.PartialFile)) }},
	{"several worlds are there", true, func(w *watched) bool { return len(processes(w.Path)) > 4 }},
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestEverySignalEndsARunCleanly asks a run to end, by each signal that people and machines ask by, at each of its
// steps.
func TestEverySignalEndsARunCleanly(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		for _, m := range moments {
			t.Run(signal.String()+" when "+m.name, func(t *testing.T) {
				t.Parallel()
				w := watch(t)
				for deadline := time.Now().Add(time.Minute); !m.now(w); time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("it never came to it; it said: %s", w.said.String())
					}
				}
				begin := time.Now()
				if err := w.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				err := w.Wait()
				if took := time.Since(begin); took > 30*time.Second {
					t.Errorf("got an end after %s, want one at once", took)
				}
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != statusInterrupted ||
					strings.Contains(w.said.String(), "goroutine ") {
					t.Errorf("got %v, want status 130 and no dump; it said: %s", err, w.said.String())
				}
				nothingLeft(t, w.Path, w.temp)
				partialReport(t, w, m.begun)
			})
		}
	}
}

// partialReport fails the test unless there is a report that says that it was interrupted, or none at all if it need
// not be there.
func partialReport(t *testing.T, w *watched, begun bool) {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join(w.out, report.ResultsFile))
	if errors.Is(err, fs.ErrNotExist) && !begun {
		if !strings.Contains(w.said.String(), "gatequake: interrupted (") {
			t.Errorf("got no line that says why there is no report: %s", w.said.String())
		}
		return
	}
	if err != nil {
		t.Fatalf("%v; it said: %s", err, w.said.String())
	}
	reporttest.Valid(t, doc)
	var got struct{ Interrupted bool }
	if err := json.Unmarshal(doc, &got); err != nil || !got.Interrupted {
		t.Errorf("got %v (%v), want a report that says it was interrupted", got, err)
	}
	if there(filepath.Join(w.out, report.PartialFile)) {
		t.Error("got the streamed file left, want the report alone")
	}
}

// TestSignalsAreCaughtBeforeTheRest holds that what catches them is initialised before what takes long.
func TestSignalsAreCaughtBeforeTheRest(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(binary(t), "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	early := bytes.Index(trace, []byte("harness/interrupt/early @"))
	for _, other := range []string{
		"init reflect @", "init net @", "init crypto/tls @", "github.com/prometheus/", "harness/world @",
	} {
		if at := bytes.Index(trace, []byte(other)); early < 0 || at >= 0 && at < early {
			t.Errorf("got %q before it, want that signals are caught first:\n%s", other, trace)
		}
	}
}

// TestHangupThatIsIgnoredStaysIgnored is what nohup is for.
func TestHangupThatIsIgnoredStaysIgnored(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	cmd := exec.Command(
		"sh",
		"-c",
		`trap '' HUP; exec "$0" run --gateway builtin --setting document --only slow-answer --report "$1"`,
		binary(t),
		out,
	)
	output := &saying{}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaited(t, "a run that has begun", func() bool {
		return there(filepath.Join(out, report.PartialFile)) || there(filepath.Join(out, report.ResultsFile))
	})
	_ = cmd.Process.Signal(syscall.SIGHUP) // It may have ended already.
	if err := cmd.Wait(); err != nil {
		t.Errorf("got %v, want a run that goes on: %s", err, output.String())
	}
}

// TestAReportFolderThatIsRemovedIsMadeAgain removes it, and all above it, while the run goes on.
func TestAReportFolderThatIsRemovedIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := watch(t, "--setting", "document", "--only", "refused@cold,slow-answer")
	awaited(t, "a run that has begun", func() bool { return there(filepath.Join(w.out, report.PartialFile)) })
	if err := os.RemoveAll(filepath.Dir(w.out)); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); err != nil {
		t.Errorf("got %v, want that it passes; it said: %s", err, w.said.String())
	}
	doc, err := os.ReadFile(filepath.Join(w.out, report.ResultsFile))
	if err != nil {
		t.Fatalf("%v; it said: %s", err, w.said.String())
	}
	reporttest.Valid(t, doc)
	if there(filepath.Join(w.out, report.PartialFile)) {
		t.Error("got the streamed file left, want the report alone")
	}
}

// TestAReportFolderThatCannotBeMadeAgainLosesNothing puts a file in its place.
func TestAReportFolderThatCannotBeMadeAgainLosesNothing(t *testing.T) {
	t.Parallel()
	w := watch(t, "--setting", "document", "--only", "refused@cold,slow-answer")
	awaited(t, "a run that has begun", func() bool { return there(filepath.Join(w.out, report.PartialFile)) })
	if err := errors.Join(os.RemoveAll(w.out), os.WriteFile(w.out, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	err := w.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != statusUnclear {
		t.Errorf("got %v, want status 2; it said: %s", err, w.said.String())
	}
	kept, err := filepath.Glob(filepath.Join(w.temp, "gatequake-results-*.jsonl"))
	if err != nil || len(kept) != 1 || !strings.Contains(w.said.String(), "what was measured is in "+kept[0]) {
		t.Fatalf("got %q (%v), want one file, and that it is said; it said: %s", kept, err, w.said.String())
	}
	gatequake(
		"report",
		kept[0],
		"--report",
		t.TempDir(),
	).is(
		t,
		statusInterrupted,
		"experiments: this report is partial",
	)
}
