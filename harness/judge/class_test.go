package judge_test

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/verdict"
)

// vendor is a known gateway with a limit in each of its settings, something that only one does, and a fix.
func vendor() *gateway.Definition {
	both := []string{"document", "stock"}
	return &gateway.Definition{
		Name:     "vendor",
		Settings: map[string]gateway.Setting{"document": {}, "stock": {}},
		Deviations: []verdict.Deviation{
			{
				Experiments: []string{"garbage"}, Settings: both, Versions: ">=1.22, <1.29", Reason: "takes it for HTTP/0.9",
				Outcome: verdict.Outcome{Observed: "malformed answer", Breaks: []string{"status"}},
			},
			{
				Experiments: []string{"certificate-expired"}, Settings: []string{"stock"}, Reason: "does not look",
				Outcome: verdict.Outcome{Observed: "200 by upstream", Breaks: []string{"status"}},
			},
			{
				Experiments: []string{"refused"}, Settings: both, Reason: "by chance",
				Chance: []verdict.Outcome{{Observed: "200 by upstream", Breaks: []string{"status"}}, {Observed: "pass"}},
			},
		},
		Fixes: gateway.Fixes{Fixes: []gateway.Fix{
			{Directive: "look", Breaks: []string{"status"}, Cures: []string{"certificate-expired"}, Snippet: "look on;\n"},
		}},
	}
}

func TestClassify(t *testing.T) {
	other := []verdict.Under{{Policy: "gateway-error", Result: verdict.Pass}}
	for name, c := range map[string]struct {
		id, version, observed string
		broken                []string
		under                 []verdict.Under
		failOn                []verdict.Class
		class                 verdict.Class
		known                 bool
		fix                   string
	}{
		"what no setting changes is a limit": {
			id: "garbage", version: "1.22.1", observed: "GET /a: malformed answer; POST /a: malformed answer",
			broken: []string{"status"}, class: verdict.Limit, known: true,
		},
		"in another state of the gateway, too": {
			id: "garbage@cold", version: "1.22.1", observed: "malformed answer", broken: []string{"status"},
			class: verdict.Limit, known: true,
		},
		"unless the run is to fail by it": {
			id: "garbage", version: "1.22.1", observed: "malformed answer", broken: []string{"status"},
			failOn: verdict.Classes(), class: verdict.Limit,
		},
		"not in a version that does not do so": {
			id: "garbage", version: "1.29.0", observed: "malformed answer", broken: []string{"status"}, class: verdict.ToFix,
		},
		"not in one that is not told": {
			id: "garbage", observed: "malformed answer", broken: []string{"status"}, class: verdict.ToFix,
		},
		"not where something else came": {
			id: "garbage", version: "1.22.1", observed: "200 by upstream", broken: []string{"status"}, class: verdict.ToFix,
		},
		"not where more failed": {
			id: "garbage", version: "1.22.1", observed: "malformed answer", broken: []string{"status", "alive"},
			class: verdict.ToFix,
		},
		"what one setting mends is to be fixed": {
			id: "certificate-expired", version: "1.22.1", observed: "200 by upstream", broken: []string{"status"},
			class: verdict.ToFix, fix: "look",
		},
		"but not by what mends something else": {
			id: "certificate-expired", version: "1.22.1", observed: "502 by gateway", broken: []string{"alive"},
			class: verdict.ToFix,
		},
		"chance is no limit": {
			id: "refused", version: "1.22.1", observed: "200 by upstream", broken: []string{"status"}, class: verdict.ToFix,
		},
		"another code than the policy's": {
			id: "slow-answer", version: "1.22.1", observed: "504 by gateway", broken: []string{"status"}, under: other,
			class: verdict.OtherCode,
		},
		"another code that is allowed": {
			id: "slow-answer", version: "1.22.1", observed: "504 by gateway", broken: []string{"status"}, under: other,
			failOn: []verdict.Class{verdict.ToFix}, class: verdict.OtherCode, known: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := verdict.Verdict{
				Record: record.Record{ID: c.id, Version: c.version, Target: &record.Target{}}, Result: verdict.Fail,
				Observed: c.observed, Under: c.under,
			}
			for _, name := range c.broken {
				v.Checks = append(v.Checks, verdict.Check{Name: name})
			}
			got := judge.Classify(v, vendor(), policy.Policy{FailOn: c.failOn})
			if got.Class != c.class || got.Known() != c.known || got.Result != verdict.Fail {
				t.Errorf("got %q, known %t, want %q, known %t", got.Class, got.Known(), c.class, c.known)
			}
			fix := ""
			if got.Fix != nil {
				fix = got.Fix.Directive
			}
			if fix != c.fix {
				t.Errorf("got the fix %q, want %q", fix, c.fix)
			}
			if c.class == verdict.Limit && (got.Deviation == "" || got.FixedIn != "1.29") {
				t.Errorf("got %q, fixed in %q, want why, and 1.29", got.Deviation, got.FixedIn)
			}
		})
	}
}

// TestLimitOfOneMember: whose turn it was in a pool does not make of a limit something to fix; what the broken one's
// clients saw decides, not what the others' did.
func TestLimitOfOneMember(t *testing.T) {
	t.Parallel()
	served := func(by string) record.Observation {
		return record.Observation{
			Role: record.Probed, Status: 200, By: record.ByUpstream, End: client.Complete,
			Header: http.Header{stamp.Origin: {by}},
		}
	}
	unreadable := record.Observation{Role: record.Probed, End: client.Malformed}
	for name, c := range map[string]struct {
		first, second record.Observation
		class         verdict.Class
	}{
		"the broken one, then another":  {unreadable, served("b"), verdict.Limit},
		"another, then the broken one":  {served("b"), unreadable, verdict.Limit},
		"an answer of the broken one's": {unreadable, served("a"), verdict.ToFix},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verdict.Verdict{
				Record: record.Record{
					ID: "garbage", Version: "1.22.1", Target: &record.Target{},
					Observations: []record.Observation{c.first, c.second},
					Terms:        record.Terms{Besides: []record.Tolerance{{By: []string{"b"}, Another: true}}},
				},
				Observed: "GET /: " + c.first.String() + "; POST /: " + c.second.String(),
				Result:   verdict.Fail, Checks: []verdict.Check{{Name: "status"}},
			}
			if got := judge.Classify(v, vendor(), policy.GatewayError()); got.Class != c.class {
				t.Errorf("%s: got %q, want %q", v.Observed, got.Class, c.class)
			}
		})
	}
}

// TestPagesOfItsOwn: who has the gateway write the page to an upstream's error wants it so; another status is none of
// that, and neither is an answer of the upstream's where the gateway should have written one.
func TestPagesOfItsOwn(t *testing.T) {
	t.Parallel()
	all := []verdict.Check{
		{Name: check.AnsweredBy.ID, Harm: string(check.ReplacesPage)},
		{Name: check.Status.ID, Harm: string(check.WrongStatus)},
		{Name: check.AnsweredBy.ID, Harm: string(check.WrongAuthor)},
	}
	for name, c := range map[string]struct {
		broken []verdict.Check
		want   verdict.Class
	}{
		"its page":                        {all[:1], verdict.OwnPage},
		"its page, and another status":    {all[:2], verdict.ToFix},
		"the upstream's, where none is":   {all[2:], verdict.ToFix},
		"nothing that a check is against": {nil, verdict.ToFix},
	} {
		v := verdict.Verdict{Record: record.Record{ID: "sheds-503"}, Result: verdict.Fail, Checks: c.broken}
		got := judge.Classify(v, nil, policy.GatewayError())
		if got.Class != c.want || got.Known() != (c.want == verdict.OwnPage) {
			t.Errorf("%s: got %q, known %t, want %q", name, got.Class, got.Known(), c.want)
		}
	}
}

// TestFixIsForTheState: what mends a pool is none for an upstream that stands alone; what mends that is for pools, too.
func TestFixIsForTheState(t *testing.T) {
	t.Parallel()
	fix := func(directive, id string) gateway.Fix {
		return gateway.Fix{Directive: directive, Breaks: []string{"status"}, Cures: []string{id}}
	}
	d := &gateway.Definition{Fixes: gateway.Fixes{Fixes: []gateway.Fix{
		fix("ask another", "sheds-503@balanced"), fix("look", "certificate-expired"),
	}}}
	for id, want := range map[string]string{
		"sheds-503@balanced": "ask another", "sheds-503": "", "certificate-expired@cold": "look",
	} {
		got, v := "", judge.Advise(verdict.Verdict{
			Record: record.Record{ID: id}, Result: verdict.Fail, Checks: []verdict.Check{{Name: "status"}},
		}, d)
		if v.Fix != nil {
			got = v.Fix.Directive
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
}

// TestFixIsForWhatIsSpoken prefers a fix for the language of the broken upstream to one for all.
func TestFixIsForWhatIsSpoken(t *testing.T) {
	t.Parallel()
	fix := func(directive, speaks string) gateway.Fix {
		return gateway.Fix{Directive: directive, Speaks: speaks, Breaks: []string{"in-time"}, Cures: []string{"deadlock"}}
	}
	d := &gateway.Definition{Fixes: gateway.Fixes{Fixes: []gateway.Fix{fix("proxy", ""), fix("php", "fastcgi")}}}
	for speaks, want := range map[string]string{"": "proxy", "http": "proxy", "fastcgi": "php", "scgi": "proxy"} {
		v := judge.Advise(verdict.Verdict{
			Record: record.Record{ID: "deadlock", Target: &record.Target{Speaks: speaks}}, Result: verdict.Fail,
			Checks: []verdict.Check{{Name: "in-time"}},
		}, d)
		if v.Fix == nil || v.Fix.Directive != want {
			t.Errorf("%q: got %+v, want %s", speaks, v.Fix, want)
		}
	}
}
