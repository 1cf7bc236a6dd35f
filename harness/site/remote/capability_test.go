package remote

import (
	"errors"
	"testing"

	"github.com/gatequake/gatequake/harness/site"
)

// TestOnlyLinksAreOurs: what takes a world, a gateway's process, or an upstream that the harness plays, is no
// capability of a site whose gateway runs already, and is told so as what cannot be done.
func TestOnlyLinksAreOurs(t *testing.T) {
	b := &site.Bench{Kind: &Site{}}
	lacks := func(name string, err error) {
		if !errors.Is(err, errors.ErrUnsupported) || err.Error() != "why not" {
			t.Errorf("%s: got %v, want an error that says why not", name, err)
		}
	}
	_, err := site.As[site.Scripter](b, "why not")
	lacks("scripter", err)
	_, err = site.As[site.Launcher](b, "why not")
	lacks("launcher", err)
	_, err = site.As[site.Deployer](b, "why not")
	lacks("deployer", err)
	_, err = site.As[site.Homely](b, "why not")
	lacks("homely", err)
	if _, err = site.As[site.Linker](b, "why not"); err != nil {
		t.Errorf("linker: got %v, want the links", err)
	}
	if b.Watched() {
		t.Error("got a process that is watched, want none")
	}
}
