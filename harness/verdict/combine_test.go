package verdict

import (
	"testing"

	"github.com/gatequake/gatequake/harness/record"
)

// TestCombineIsFair tries every three runs of every kind: whichever comes first, what they come to is the same, no
// better than the worst of them, and a fail whenever one failed and is not listed.
func TestCombineIsFair(t *testing.T) {
	kinds := []Verdict{
		{Result: Pass, Observed: "502 by gateway"},
		{Result: Fail, Observed: "200 by upstream", Reason: "status"},
		{Result: Fail, Observed: "504 by gateway", Deviation: "so it is"},
		{Result: Unsupported, Reason: "no firewall here"},
		{Result: Inconclusive, Reason: "no steady state"},
	}
	for i := range kinds {
		kinds[i].Record = record.Record{ID: "refused", RecoveryMS: -1, TookMS: float64(i + 1)}
	}
	for i, a := range kinds {
		for j, b := range kinds {
			for k, c := range kinds {
				one := Combine([]Verdict{a, b, c})
				for _, again := range [][]Verdict{{a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}} {
					if other := Combine(
						again,
					); other.Result != one.Result || other.Known() != one.Known() ||
						other.TookMS != one.TookMS {
						t.Errorf("%d, %d, %d: got %s (known %t) in one order and %s (known %t) in another", i, j, k,
							one.Result, one.Known(), other.Result, other.Known())
					}
				}
				failed := i == 1 || j == 1 || k == 1
				if failed && (one.Result != Fail || one.Known()) {
					t.Errorf("%d, %d, %d: got %s (known %t), want a fail", i, j, k, one.Result, one.Known())
				}
				if alike := i == j && j == k; !alike && one.Result == Pass || alike && rank(one) != rank(a) {
					t.Errorf("%d, %d, %d: got %s, want no pass of what is not always one", i, j, k, one.Result)
				}
				if len(one.Runs) != 3 || one.TookMS != a.TookMS+b.TookMS+c.TookMS {
					t.Errorf("%d, %d, %d: got %d runs in %g ms, want all three", i, j, k, len(one.Runs), one.TookMS)
				}
			}
		}
	}
}

// TestLimitIsOneWhoeverMeetsIt: runs of which each that failed met the same limit of the gateway's version come to that
// limit, in whatever order its clients met it; anything else beside it is to be fixed.
func TestLimitIsOneWhoeverMeetsIt(t *testing.T) {
	t.Parallel()
	limit := func(observed, reason string) Verdict {
		return Verdict{Result: Fail, Class: Limit, Allowed: true, Observed: observed, Deviation: reason, Checks: []Check{{}}}
	}
	get, post := limit("GET /: malformed", "no status line"), limit("POST /: malformed", "no status line")
	for name, c := range map[string]struct {
		runs  []Verdict
		class Class
		known bool
	}{
		"either request":         {[]Verdict{get, post, post}, Limit, true},
		"or neither":             {[]Verdict{get, {Result: Pass, Observed: "200 by upstream"}, post}, Limit, true},
		"another limit":          {[]Verdict{get, limit("GET /: 099", "three digits")}, ToFix, false},
		"something to fix":       {[]Verdict{get, {Result: Fail, Class: ToFix, Observed: "200 by upstream"}}, ToFix, false},
		"who could not be asked": {[]Verdict{get, {Result: Inconclusive, Reason: "no steady state"}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Combine(c.runs)
			if got.Result != Fail || got.Class != c.class || got.Known() != c.known {
				t.Errorf("got %s %q (known %t), want a fail %q (known %t)",
					got.Result.String(), got.Class, got.Known(), c.class, c.known)
			}
			if (got.Deviation != "") != c.known {
				t.Errorf("got the deviation %q", got.Deviation)
			}
		})
	}
}
