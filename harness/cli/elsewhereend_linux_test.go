package cli

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestElsewhereInterrupted ends a run while a fault holds: the links are gone at once, and said to be.
func TestElsewhereInterrupted(t *testing.T) {
	t.Parallel()
	s := newStreet(t, inProcess(right))
	args := append(
		[]string{"run", "--report", t.TempDir(), "--only", "silent-after-accept", "--url", s.url},
		s.links...)
	cmd := exec.Command(binary(t), args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := http.Client{Timeout: 3 * time.Second}     // The gateway itself gives up after five.
	awaited(t, "the fault in force", func() bool { // Before there is a link the gateway answers at once.
		r, err := c.Get(s.url)
		if err == nil {
			_ = r.Body.Close()
		}
		return err != nil
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != statusInterrupted ||
		!strings.Contains(said.String(), "The links are gone: orders at "+s.orders) {
		t.Errorf(
			"got status %d, want %d, and that it is said that the links are gone: %s",
			got,
			statusInterrupted,
			said.String(),
		)
	}
	l, err := net.Listen("tcp", s.orders)
	if err != nil {
		t.Fatalf("got %v, want the link's address free", err)
	}
	_ = l.Close()
}
