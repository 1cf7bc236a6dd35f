package cli

import (
	"bytes"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/gateway/builtin"
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

// folder is where the binary of the tests is built.
var folder string

func TestMain(m *testing.M) {
	runner.Serve()
	// Under the race detector every process waits a second before it exits, for reports of others; the processes of
	// one experiment would wait in turn.
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
	var err error
	if folder, err = os.MkdirTemp("", "gatequake-cli-"); err != nil {
		log.Fatal(err)
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// build builds the command once and returns its path, which no other process on the machine has.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "gatequake")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/gatequake").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// binary is the built command.
func binary(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
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
