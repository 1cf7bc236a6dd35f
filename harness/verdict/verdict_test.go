package verdict

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
)

func TestZeroVerdictIsInconclusive(t *testing.T) {
	if got := (Verdict{}).Result.String(); got != "inconclusive" {
		t.Errorf("got %q, want inconclusive", got)
	}
	for text, want := range map[string]Result{
		`"pass"`: Pass, `"fail"`: Fail, `"unsupported"`: Unsupported, `"inconclusive"`: Inconclusive,
		`"PASSED!"`: Inconclusive,
	} {
		var r Result
		if err := json.Unmarshal([]byte(text), &r); err != nil || r != want {
			t.Errorf("%s: got %v, %v; want %v", text, r, err, want)
		}
	}
}

func TestCombine(t *testing.T) {
	pass := Verdict{Record: record.Record{RecoveryMS: 3}, Result: Pass, Observed: "502 by gateway"}
	fail := Verdict{Result: Fail, Observed: "200 by upstream", Reason: "status"}
	known := Verdict{Result: Fail, Observed: "504 by gateway", Deviation: "so it is"}
	unclear := Verdict{Reason: "no steady state"}
	sometimes := &Chance{Reason: "so it is"}
	cut, bad := Verdict{
		Result:   Pass,
		Observed: "200 by upstream, cut",
		Chance:   sometimes,
	}, Verdict{
		Result:    Fail,
		Observed:  "503 by gateway",
		Deviation: "so it is",
		Chance:    sometimes,
	}
	other := Verdict{Result: Pass, Observed: "502 by gateway", Chance: sometimes}
	for name, c := range map[string]struct {
		runs             []Verdict
		result           Result
		known            bool
		observed, reason string
	}{
		"once":          {[]Verdict{pass}, Pass, false, "502 by gateway", ""},
		"always a pass": {[]Verdict{pass, pass}, Pass, false, "502 by gateway", ""},
		"always known":  {[]Verdict{known, known}, Fail, true, "504 by gateway", ""},
		"a fail among them": {
			[]Verdict{pass, fail, pass},
			Fail, false,
			"not always the same: 2 × 502 by gateway, 1 × 200 by upstream", "the worst: status",
		},
		"the fail not last": {
			[]Verdict{fail, pass},
			Fail, false, "not always the same: 1 × 200 by upstream, 1 × 502 by gateway",
			"the worst: status",
		},
		"known sometimes": {
			[]Verdict{pass, known},
			Fail, false, "not always the same: 1 × 502 by gateway, 1 × 504 by gateway",
			"not always",
		},
		"chance, as listed": {
			[]Verdict{cut, bad, cut},
			Fail, true,
			"not always the same: 2 × 200 by upstream, cut, 1 × 503 by gateway", "",
		},
		"chance, all pass": {
			[]Verdict{cut, other},
			Pass, false, "not always the same: 1 × 200 by upstream, cut, 1 × 502 by gateway",
			"",
		},
		"chance, and a fail": {
			[]Verdict{cut, bad, fail},
			Fail, false,
			"not always the same: 1 × 200 by upstream, cut, 1 × 503 by gateway, 1 × 200 by upstream",
			"the worst: status",
		},
		"unclear sometimes": {
			[]Verdict{pass, unclear},
			Inconclusive, false, "not always the same: 1 × 502 by gateway, 1 × nothing",
			"no steady state",
		},
		"unclear and failed": {
			[]Verdict{unclear, fail},
			Fail, false, "not always the same: 1 × nothing, 1 × 200 by upstream",
			"the worst: status",
		},
	} {
		got := Combine(c.runs)
		if got.Result != c.result || got.Known() != c.known || got.Observed != c.observed ||
			!strings.Contains(got.Reason, c.reason) {
			t.Errorf(
				"%s: got %v (known %t), %q, %q; want %v (known %t), %q, %q",
				name,
				got.Result,
				got.Known(),
				got.Observed,
				got.Reason,
				c.result,
				c.known,
				c.observed,
				c.reason,
			)
		}
		if n := len(got.Runs); len(c.runs) > 1 && n != len(c.runs) {
			t.Errorf("%s: got %d runs, want %d", name, n, len(c.runs))
		}
	}
}

func TestNotTriedIsToldByItsField(t *testing.T) {
	first := Verdict{Record: record.Record{ID: "refused"}, Reason: "wait for steady state: it ended"}
	v := Verdict{Record: record.Record{ID: "empty-reply"}}.NotTried(first)
	if v.Reason != "not tried after refused: wait for steady state: it ended" || v.OwnReason() != first.Reason {
		t.Errorf("got %q and %q, want the reason of the first, with and without its name", v.Reason, v.OwnReason())
	}
	said := Verdict{Reason: "not tried after lunch: come again"}
	if got := said.OwnReason(); got != said.Reason {
		t.Errorf("got %q, want the words of a gateway as they are", got)
	}
}
