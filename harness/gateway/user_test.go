package gateway

import (
	"os"
	"strings"
	"testing"
)

func TestStartAsUnknownUser(t *testing.T) {
	d := &Definition{
		Name: "own", User: "no-such-user", Command: []string{"true"},
		Settings: map[string]Setting{"stock": {}},
	}
	if _, err := d.Start("stock", Vars{Dir: t.TempDir(), Root: true}); err == nil ||
		!strings.Contains(err.Error(), "no-such-user") {
		t.Errorf("start: got %v, want an error that names the user", err)
	}
}

func TestStartAsUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir, err := os.MkdirTemp("", "gateway") // t.TempDir lies in a folder that nobody else may enter.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := &Definition{
		Name: "own", User: "nobody", Command: []string{"sh", "-c", "id -un; id -Gn"},
		Settings: map[string]Setting{"stock": {}},
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	p, err := d.Start("stock", Vars{Dir: dir, Root: true})
	if err != nil {
		t.Fatal(err)
	}
	<-p.Exited()
	if got := p.Since(nil); len(got) != 2 || got[0] != "nobody" || strings.Contains(got[1], "root") {
		t.Errorf("run id: got %q, want nobody and a group of its own", got)
	}
}
