package harness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/gateway"
)

// TestHints holds the hints of all gateways: what is said must be found, and be documented somewhere.
func TestHints(t *testing.T) {
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range all {
		for key, hint := range d.Hints {
			n++
			if !slices.Contains(harness.CheckNames(), key) && !slices.Contains(harness.ErrorTypes(), harness.ErrorType(key)) {
				t.Errorf("%s: hints: got %q, want an error type or the name of a check", d.Name, key)
			}
			if hint.Says == "" || !strings.HasPrefix(hint.Link, "http") {
				t.Errorf("%s: hints: %s: got %+v, want a sentence and a link", d.Name, key, hint)
			}
		}
	}
	if n == 0 {
		t.Error("got no hint, want some")
	}
}

func TestAdvise(t *testing.T) {
	d := &gateway.Definition{Hints: map[string]gateway.Hint{
		harness.CheckPostOnce: {Says: "post", Link: "a"}, string(harness.ConnectionTimeout): {Says: "timeout", Link: "b"},
	}}
	for _, c := range []struct {
		broken harness.Check
		result harness.Result
		want   string
	}{
		{harness.Check{Name: harness.CheckPostOnce}, harness.Fail, "post"}, // Closer than that for the type.
		{harness.Check{Name: harness.CheckStatus}, harness.Fail, "timeout"},
		{harness.Check{Name: harness.CheckPostOnce, OK: true}, harness.Pass, ""},
	} {
		v := harness.Verdict{ErrorType: harness.ConnectionTimeout, Result: c.result, Checks: []harness.Check{c.broken}}
		if got := v.Advise(d).Hint; got != c.want {
			t.Errorf("%+v: got %q, want %q", c.broken, got, c.want)
		}
	}
}
