package ci

import (
	"os"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestTypesHoldOnDarwin checks every package's types, tests included, as a Mac would see them, where worlds are
// portable. It reads sources alone: go vet would compile all that they import first.
func TestTypesHoldOnDarwin(t *testing.T) {
	t.Parallel()
	config := &packages.Config{
		Mode: packages.LoadAllSyntax, Dir: "..", Tests: true, Env: append(os.Environ(), "GOOS=darwin", "CGO_ENABLED=0"),
	}
	all, err := packages.Load(config, "./...")
	if err != nil || len(all) == 0 {
		t.Fatalf("got %d packages (%v), want ours", len(all), err)
	}
	for _, p := range all {
		for _, e := range p.Errors {
			t.Error(e)
		}
	}
}
