package builtin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestCurrentFollowsItsFile(t *testing.T) {
	c := &current{file: filepath.Join(t.TempDir(), "gateway.json")}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(c.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status := func() int {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/here/", nil))
		return w.Code
	}
	refused := `{"deny": {"paths": ["/here"]}}`
	write(`{}`)
	if _, err := c.load(); err != nil || status() != http.StatusNotFound {
		t.Fatalf("got %d (%v), want %d: there is no route", status(), err, http.StatusNotFound)
	}
	stop := c.follow()
	defer stop()
	write(`{"deny": {`)
	if _, err := c.load(); err == nil || status() != http.StatusNotFound {
		t.Errorf("half a file: got %d and %v, want an error and what was before", status(), err)
	}
	write(refused)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); status() != http.StatusForbidden; <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after SIGHUP: got %d, want %d", status(), http.StatusForbidden)
		}
	}
}
