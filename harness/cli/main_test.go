package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatequake/gatequake/harness/gateway/builtin"
	_ "github.com/gatequake/gatequake/harness/interrupt/early" // as in the command
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/self"
)

// The gateway testdata/gateways/mortal: the built-in one, but that its process ends when it should answer with an
// error of its own.
func init() {
	self.Role("mortal", func(args []string) int {
		return builtin.Main(args, func(right http.Handler, _ *builtin.Config) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := httptest.NewRecorder()
				if right.ServeHTTP(answer, r); answer.Code >= http.StatusInternalServerError {
					log.Print("panic: out of cheese")
					os.Exit(7)
				}
				for name, values := range answer.Header() {
					w.Header()[name] = values
				}
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
			})
		})
	})
}

// TestMain runs the tests, or plays the command gatequake where this binary is called by that name: nothing is built
// for that, and worlds and gateways are this binary again, as they are the command's.
func TestMain(m *testing.M) {
	runner.Serve()
	// Under the race detector every process waits a second before it exits, for reports of others; the processes of
	// one experiment would wait in turn.
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
	testscript.Main(tests{m}, map[string]func(){
		"gatequake": func() { os.Exit(Main(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// folder holds what tests share: the reports of results.
var folder string

// tests are all tests of the package.
type tests struct{ *testing.M }

// Run runs them.
func (m tests) Run() int {
	signal.Reset() // Package early caught them for the command; the tests end by them.
	if signal.Ignored(syscall.SIGHUP) {
		// As below nohup. The commands that the tests start must not inherit that, or a hangup would end none of them.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	var err error
	if folder, err = os.MkdirTemp("", "gatequake-cli-"); err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	return m.M.Run()
}

// binary is the command at a path that no other test has, so that its processes can be told from theirs.
func binary(t *testing.T) string {
	t.Helper()
	command, err := exec.LookPath("gatequake") // testscript.Main has put it there.
	path := filepath.Join(t.TempDir(), "gatequake")
	if err := errors.Join(err, os.Link(command, path)); err != nil {
		t.Fatal(err)
	}
	return path
}

// runs are the reports that tests share, by the arguments of their runs.
var runs sync.Map

// shared is the folder with the report of a run of the built-in gateway, which holds. The same arguments are run once:
// whoever would change the report copies it.
func shared(args ...string) (dir string, err error) {
	once, _ := runs.LoadOrStore(strings.Join(args, " "), sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp(folder, "report-")
		if err != nil {
			return "", err
		}
		o := gatequake(append([]string{"run", "--gateway", "builtin", "--report", dir}, args...)...)
		if o.status != statusHolds {
			return "", fmt.Errorf("run %v: got status %d, want 0; it said: %s%s", args, o.status, o.out, o.err)
		}
		return dir, nil
	}))
	return once.(func() (string, error))()
}

// results is the file with the results of a shared run.
func results(t *testing.T, args ...string) string {
	t.Helper()
	dir, err := shared(args...)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "results.json")
}

// outcome is what a command printed, and its exit status.
type outcome struct {
	status   int
	out, err string
}

// gatequake runs Main in this process.
func gatequake(args ...string) outcome {
	var out, err bytes.Buffer
	status := Main(args, os.Environ(), strings.NewReader(""), &out, &err)
	return outcome{status, out.String(), err.String()}
}

// is fails the test unless the outcome has the status and every text is in what was printed.
func (o outcome) is(t *testing.T, status int, texts ...string) {
	t.Helper()
	if o.status != status {
		t.Errorf("got status %d, want %d; it said: %s%s", o.status, status, o.out, o.err)
	}
	for _, text := range texts {
		if !strings.Contains(o.out+o.err, text) {
			t.Errorf("got %s%s, want %q in it", o.out, o.err, text)
		}
	}
}

// awaited polls until ok, or fails the test after a minute: nothing depends on that but the end of a hang.
func awaited(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got none in a minute, want %s", what)
		}
	}
}
