// Package gotest lets plain test functions speak of worlds, as package spec does for Ginkgo: the body of a test runs
// inside a world of its own, with a gateway of the user's own in it.
//
//	go test ──request──> world (this test binary again, the same test) ──> what it printed, and whether it passed
//
// The test binary itself stays outside of every world. What a test, its parents and TestMain do before In is done on
// both sides: once outside, once in the world.
package gotest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	_ "github.com/gatequake/gatequake/harness/faults" // makes every fault known
	"github.com/gatequake/gatequake/harness/gateway"
	_ "github.com/gatequake/gatequake/harness/gateway/builtin" // lets this binary be the built-in gateway
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/world"
)

// lets this binary be the built-in gateway

// Bench is a site.Bench for tests: its verbs end the test when they cannot be done, skip it when they cannot be
// done here, and are undone at its end.
type Bench struct {
	*site.Bench
	t *testing.T
}

// Own is a gateway of the user's own. See Gateway.
type Own struct {
	own gateway.Own
	err error
}

// Gateway reads the file that describes a gateway of the user's own; gatequake survey writes such files. The gateway
// is started in the folder dir, to which the file's path and those in it are relative. What is wrong with the file
// fails the tests that use it.
func Gateway(dir, file string) Own {
	own, err := gatewayfile.Read(dir, file)
	return Own{own, err}
}

// request asks a world for a test.
type request struct {
	Test, Setting string
	Own           gateway.Own
}

// outcome is what became of it.
type outcome struct{ Failed, Skipped bool }

// In runs body inside a world, with the gateway in it, which serves. The setting is PROBE/UPSTREAM, as in reports:
// Get asks for the probe, and faults strike the upstream, while all others are well. What body does to its T (Log,
// Errorf, Fatal, Skip, Cleanup, Run) is done to t. A test calls In once; for more it has subtests. On a machine that
// has no namespaces the test is skipped.
func In(t *testing.T, o Own, setting string, body func(*testing.T, *Bench)) {
	t.Helper()
	if world.Inside() {
		world.Serve(func(_ context.Context, w *world.World, raw json.RawMessage) (any, error) {
			return play(t, w, raw, body)
		})
	}
	if o.err != nil {
		t.Fatal(o.err)
	}
	if _, err := o.own.Target(setting); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(t.Name(), "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	said, became := bytes.Buffer{}, outcome{}
	options := world.Options{
		Args:   []string{"-test.run=" + strings.Join(parts, "/"), "-test.v", "-test.count=1"},
		Output: &said,
	}
	err := world.Run(t.Context(), options, request{t.Name(), setting, o.own}, &became)
	if text := theirs(said.String()); text != "" {
		t.Logf("in its world:\n%s", text)
	}
	switch {
	case err != nil:
		t.Fatal(err)
	case became.Failed:
		t.FailNow()
	case became.Skipped:
		t.SkipNow()
	}
}

// theirs is what a test printed, without what go test says of its course.
func theirs(text string) string {
	kept := []string{}
	for line := range strings.Lines(text) {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "=== ") && !strings.HasPrefix(s, "--- ") {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	return strings.Join(kept, "\n")
}

// play is the inside of In.
func play(t *testing.T, w *world.World, raw json.RawMessage, body func(*testing.T, *Bench)) (any, error) {
	r, o := request{}, outcome{}
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if r.Test != t.Name() {
		return nil, fmt.Errorf("%s calls In, and so does %s inside it: want a subtest for each", t.Name(), r.Test)
	}
	o.Failed = !t.Run("world", func(t *testing.T) {
		defer func() { o.Skipped = t.Skipped() }()
		body(t, newBench(t, w, r))
	})
	return o, nil
}

func newBench(t *testing.T, w *world.World, r request) *Bench {
	b, err := sites.New(w, site.Setup{Definition: r.Own.Definition(), Setting: r.Setting})
	if why, cannot := site.Cannot(err); cannot {
		t.Skip("unsupported: " + why)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.Steady(t.Context(), site.RouteMain, site.RouteBystander); err != nil {
		t.Fatalf("%v; the gateway's log: %s", err, strings.Join(b.Gateway.Since(nil), " | "))
	}
	return &Bench{b, t}
}

// Inject breaks the world with f, proves that it is broken, and returns. Mend mends it; so does the end of the test.
// Inject skips the test when the world cannot be broken so.
func (b *Bench) Inject(f *catalog.Fault) (mend func()) {
	b.t.Helper()
	undo, err := engine.Inject(b.t.Context(), b.Bench, f)
	if why, cannot := site.Cannot(err); cannot {
		b.t.Skip("unsupported: " + why)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	mend = func() {
		b.t.Helper()
		if err := undo(context.Background()); err != nil {
			b.t.Errorf("undo %s: %v", f.ID, err)
		}
	}
	b.t.Cleanup(mend)
	return mend
}
