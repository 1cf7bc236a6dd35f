package runner

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// places are where a fix may go: "@http@".
var places = regexp.MustCompile(`@[a-z-]+@`)

var everyCure = flag.Bool("every-cure", false, "try each fix, in every experiment that it is said to mend")

// TestFixes tries the changes of a configuration that a report would show: without one, one of the checks that are
// named fails, and the report names the change; with it, nothing fails, or nothing does as much harm: a certificate
// that is refused by a 500 is still no 502. One change of each gateway is tried in one experiment; make fixes, every
// night, tries all in all.
func TestFixes(t *testing.T) {
	t.Parallel()
	sealed(t)
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range all {
		for i, f := range d.Fixes.Fixes {
			n++
			t.Run(d.Name+" "+f.Directive, func(t *testing.T) {
				t.Parallel()
				for _, name := range f.Breaks {
					if check.Find(name) == nil {
						t.Errorf("breaks: got %q, want one of %v", name, check.Names())
					}
				}
				for _, id := range f.Cures {
					if _, err := catalog.Find(id); err != nil {
						t.Errorf("cures: %v", err)
					}
				}
				switch {
				case *everyCure:
					cures(t, d, f, f.Cures)
				case i == 0:
					cures(t, d, f, f.Cures[:1])
				}
			})
		}
	}
	if n < 4 {
		t.Errorf("got %d fixes, want some", n)
	}
}

// cures tries the change in the experiments, without it and with it.
func cures(t *testing.T, d *gateway.Definition, f gateway.Fix, ids []string) {
	t.Helper()
	without, with := triedWith(t, d, f, f.Instead, ids), triedWith(t, d, f, f.Snippet, ids)
	for _, id := range ids {
		helps(t, f, without[id], with[id])
	}
}

// triedWith surveys the gateway's own configuration, with the text in the place of the fix, and returns the verdicts on
// the experiments, on every upstream that they can be tried on.
func triedWith(
	t *testing.T, d *gateway.Definition, f gateway.Fix, text string, ids []string,
) map[string][]verdict.Verdict {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range d.Fixes.Try.Files {
		filled := places.ReplaceAllStringFunc(content, func(place string) string {
			if place == "@"+f.At+"@" {
				return text
			}
			for _, other := range d.Fixes.Fixes { // All else is as it should be.
				if place == "@"+other.At+"@" {
					return other.Snippet
				}
			}
			return ""
		})
		filled = strings.ReplaceAll(filled, "@DIR@", dir)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(filled), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := gateway.Own{Name: d.Name, Dir: dir, Patience: gatewayfile.Patience}
	for _, word := range d.Fixes.Try.Command {
		o.Command = append(o.Command, strings.ReplaceAll(word, "@DIR@", dir))
	}
	if err := o.Missing(); err != nil {
		t.Skipf("unsupported: %v; to get it: ci/gateways %s", err, d.Name)
	}
	found, err := Survey(t.Context(), o, Options{})
	if err != nil {
		t.Fatal(err)
	}
	version, err := Version(t.Context(), d, d.Asking(o.Command[0]), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	own, p := found.Own.Definition(), policy.GatewayError()
	own.Like = d
	var mu sync.Mutex
	var worlds errgroup.Group
	worlds.SetLimit(8)
	all := map[string][]verdict.Verdict{}
	for _, target := range found.Own.Targets() {
		if !isFor(d, f, target.Upstream.Speaks) {
			continue
		}
		for _, id := range ids {
			worlds.Go(func() error {
				j := Job{Experiment: id, Gateway: own, Version: version, Setting: target.Name(), Policy: &p}
				v := RunSettled(t.Context(), j, Options{})
				mu.Lock()
				defer mu.Unlock()
				all[id] = append(all[id], v)
				return nil
			})
		}
	}
	_ = worlds.Wait() // It has none.
	return all
}

// isFor tells whether the fix is the one for upstreams to which that is spoken.
func isFor(d *gateway.Definition, f gateway.Fix, speaks string) bool {
	own := func(other gateway.Fix) bool { return other.Speaks == speaks }
	return f.Speaks == speaks || f.Speaks == "" && !slices.ContainsFunc(d.Fixes.Fixes, own)
}

// helps fails the test unless the fix makes the difference that it is said to make.
func helps(t *testing.T, f gateway.Fix, without, with []verdict.Verdict) {
	t.Helper()
	breaks := func(v verdict.Verdict) bool {
		named := v.Fix != nil && v.Fix.Directive == f.Directive
		return v.Result == verdict.Fail && named && slices.ContainsFunc(v.Broken(), func(name string) bool {
			return slices.Contains(f.Breaks, name)
		})
	}
	said := func(all []verdict.Verdict) string {
		lines := ""
		for _, v := range all {
			lines += fmt.Sprintf("\n  %s, %s: %s, %s: %s", v.Setting, v.ID, v.Result, v.Observed, v.Reason)
		}
		return lines
	}
	failed := slices.DeleteFunc(slices.Clone(without), func(v verdict.Verdict) bool { return !breaks(v) })
	if len(failed) == 0 {
		t.Errorf("without the change: got%s\nwant a fail of %v, and that it is named", said(without), f.Breaks)
	}
	for _, was := range failed {
		if !slices.ContainsFunc(with, func(v verdict.Verdict) bool {
			known := v.Result == verdict.Pass || v.Result == verdict.Fail
			return v.Setting == was.Setting && known && worst(v) > worst(was)
		}) {
			t.Errorf("%s with the change: got%s\nwant a pass, or less harm", was.Setting, said(with))
		}
	}
}

// worst is the severity of the worst that the verdict's breaches do: less is worse, and the most is that of none.
func worst(v verdict.Verdict) int {
	least := check.Harm("").Severity()
	for _, c := range v.Checks {
		if c.Broken() {
			least = min(least, check.Harm(c.Harm).Severity())
		}
	}
	return least
}
