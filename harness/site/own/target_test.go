package own_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
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
			if !slices.Contains(check.Names(), key) &&
				!slices.Contains(proxystatus.ErrorTypes(), proxystatus.ErrorType(key)) {
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
		check.PostOnce.ID: {
			Says: "post",
			Link: "a",
		},
		string(proxystatus.ConnectionTimeout): {Says: "timeout", Link: "b"},
	}}
	for _, c := range []struct {
		broken verdict.Check
		result verdict.Result
		want   string
	}{
		{verdict.Check{Name: check.PostOnce.ID}, verdict.Fail, "post"}, // Closer than that for the type.
		{verdict.Check{Name: check.Status.ID}, verdict.Fail, "timeout"},
		{verdict.Check{Name: check.PostOnce.ID, OK: true}, verdict.Pass, ""},
	} {
		v := verdict.Verdict{
			Record: record.Record{ErrorType: proxystatus.ConnectionTimeout},
			Result: c.result,
			Checks: []verdict.Check{c.broken},
		}
		if got := judge.Advise(v, d).Hint; got != c.want {
			t.Errorf("%+v: got %q, want %q", c.broken, got, c.want)
		}
	}
}
