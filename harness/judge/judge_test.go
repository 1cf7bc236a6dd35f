package judge

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

func entry(observed string, breaks ...string) *gateway.Definition {
	return &gateway.Definition{Name: "g", Deviations: []verdict.Deviation{
		{
			Experiments: []string{
				"refused",
			},
			Settings: []string{"stock"},
			Versions: ">=1.2 <2",
			Reason:   "so it is",
			Link:     "https://vendor.test",
			Outcome:  verdict.Outcome{Observed: observed, Breaks: breaks},
		},
	}}
}

// chance lists a deviation of which one or another outcome is seen; what is seen at other times breaks the checks.
func chance(observed, also string, breaks ...string) *gateway.Definition {
	d := entry("")
	d.Deviations[0].Outcome = verdict.Outcome{}
	d.Deviations[0].Chance = []verdict.Outcome{
		{Observed: observed, Breaks: []string{check.Status.ID}, Times: 7},
		{Observed: also, Breaks: breaks, Times: 3},
	}
	return d
}

// either lists two deviations of one experiment: one that breaks a cut that is to be seen, and the given one.
func either(observed string) *gateway.Definition {
	d := entry("200 by upstream", check.CutVisible.ID)
	d.Deviations = append(d.Deviations, entry(observed, check.Status.ID).Deviations...)
	return d
}

func TestDeviate(t *testing.T) {
	failed := verdict.Verdict{
		Record:   record.Record{ID: "refused", Setting: "stock", Version: "1.5"},
		Policy:   "document",
		Result:   verdict.Fail,
		Observed: "503 by gateway",
		Reason:   "status",
		Checks:   []verdict.Check{{Name: check.Status.ID}, {Name: check.Status.ID}},
	}
	with := func(change func(*verdict.Verdict)) verdict.Verdict { v := failed; change(&v); return v }
	for name, c := range map[string]struct {
		v      verdict.Verdict
		d      *gateway.Definition
		known  bool
		result verdict.Result
		reason string
	}{
		"as listed": {failed, entry("503 by gateway", check.Status.ID), true, verdict.Fail, ""},
		"not listed": {
			with(func(v *verdict.Verdict) { v.ID = "garbage" }), entry("503 by gateway", check.Status.ID), false,
			verdict.Fail, "",
		},
		"a pool, by its base": {
			with(func(v *verdict.Verdict) { v.ID = "refused@balanced" }), entry("503 by gateway", check.Status.ID),
			false, verdict.Fail, "",
		},
		"a state, by its base": {
			with(func(v *verdict.Verdict) { v.ID = "refused@cold" }), entry("503 by gateway", check.Status.ID),
			true, verdict.Fail, "",
		},
		"other setting": {
			with(func(v *verdict.Verdict) { v.Setting = "document" }), entry("503 by gateway", check.Status.ID),
			false, verdict.Fail, "",
		},
		"other version": {
			with(func(v *verdict.Verdict) { v.Version = "2.1" }), entry("503 by gateway", check.Status.ID), false,
			verdict.Fail, "",
		},
		"other answer": {
			failed, entry("504 by gateway", check.Status.ID), false, verdict.Fail, "known deviation changed",
		},
		"breaks something else": {
			failed, entry("503 by gateway", check.Status.ID, check.PostOnce.ID), false, verdict.Fail,
			"known deviation changed",
		},
		"gone": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }),
			entry("503 by gateway", check.Status.ID), false, verdict.Fail, "known deviation is gone",
		},
		"inconclusive": {
			with(func(v *verdict.Verdict) { v.Result = verdict.Inconclusive }),
			entry("503 by gateway", check.Status.ID), false, verdict.Inconclusive, "",
		},
		"unsupported": {
			with(func(v *verdict.Verdict) { v.Result = verdict.Unsupported }),
			entry("503 by gateway", check.Status.ID), false, verdict.Unsupported, "",
		},
		"other policy": {
			with(func(v *verdict.Verdict) { v.Policy = "rfc9209" }), entry("503 by gateway", check.Status.ID), true,
			verdict.Fail, "",
		},
		"passes other policy": {
			with(func(v *verdict.Verdict) { v.Policy, v.Result, v.Checks = "rfc9209", verdict.Pass, nil }),
			entry("503 by gateway", check.Status.ID), false, verdict.Pass, "",
		},
		"version is no version": {
			with(func(v *verdict.Verdict) { v.Version = "new" }), entry("503 by gateway", check.Status.ID), false,
			verdict.Inconclusive, "compare version",
		},
		"two entries, second": {failed, either("503 by gateway"), true, verdict.Fail, ""},
		"two entries, neither": {
			failed, either("504 by gateway"), false, verdict.Fail, "want 200 by upstream ([cut-visible])",
		},
		"chance, other": {
			failed, chance("504 by gateway", "503 by gateway", check.Status.ID), true, verdict.Fail, "",
		},
		"chance, none listed": {
			failed, chance("504 by gateway", "505 by gateway", check.Status.ID), false, verdict.Fail,
			"known deviation changed",
		},
		"chance, passes": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }),
			chance("504 by gateway", "pass"), false, verdict.Pass, "",
		},
		"chance, must not pass": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }),
			chance("504 by gateway", "503 by gateway", check.Status.ID), false, verdict.Fail,
			"known deviation is gone",
		},
		"chance, breaks other": {
			failed, chance("504 by gateway", "503 by gateway", check.PostOnce.ID), false, verdict.Fail,
			"or 503 by gateway ([post-once])",
		},
		"chance, passes thus": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }),
			chance("504 by gateway", "503 by gateway"), false, verdict.Pass, "",
		},
		"chance, passes else": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }),
			chance("504 by gateway", "200 by upstream"), false, verdict.Fail, "known deviation is gone",
		},
	} {
		got := Deviate(c.v, c.d)
		if got.Known() != c.known || got.Known() != (got.Link == "https://vendor.test") || got.Result != c.result ||
			!strings.Contains(got.Reason, c.reason) {
			t.Errorf(
				"%s: got %v, known %t, %q; want %v, %t, %q",
				name,
				got.Result,
				got.Known(),
				got.Reason,
				c.result,
				c.known,
				c.reason,
			)
		}
	}
}

// TestTheMachineIsNotTheGateway holds who is to blame for what was seen in a world that was late.
func TestTheMachineIsNotTheGateway(t *testing.T) {
	d := &gateway.Definition{Name: "g", Deviations: []verdict.Deviation{
		{
			Experiments: []string{"known"},
			Settings:    []string{"document"},
			Outcome: verdict.Outcome{
				Observed: "504 by gateway",
				Breaks:   []string{check.Status.ID, check.NotCacheable.ID},
			},
			Reason: "it is so",
		},
	}}
	late := verdict.Check{Name: check.InTime.ID, Got: "nothing whole in 3s", BearsMS: record.MS(record.Slack)}
	wrong := verdict.Check{Name: check.Status.ID, Got: "504 by gateway", BearsMS: record.MS(check.Bearable)}
	cached, dead := verdict.Check{Name: check.NotCacheable.ID}, verdict.Check{Name: check.Alive.ID}
	bystander := verdict.Check{Name: check.Bystander.ID, Got: "200 by upstream", BearsMS: record.MS(check.Bearable)}
	strict := func(c verdict.Check) verdict.Check { c.BearsMS = 9000; return c }
	onTime := func(c verdict.Check) verdict.Check { c.LateMS = 80; return c }
	for name, c := range map[string]struct {
		id, observed string
		result       verdict.Result
		late         float64
		broken       []verdict.Check
		want         verdict.Result
		starved      bool
	}{
		"hangs on a machine that is fine": {
			"x", "", verdict.Fail, 80, []verdict.Check{late}, verdict.Fail, false,
		},
		"hangs, and the machine is within it": {
			"x", "", verdict.Fail, 1999, []verdict.Check{late}, verdict.Fail, false,
		},
		"late on a machine that is later": {
			"x", "", verdict.Fail, 2001, []verdict.Check{late}, verdict.Inconclusive, true,
		},
		"a 504 where a 502 was due": {
			"x", "504 by gateway", verdict.Fail, 1001, []verdict.Check{wrong}, verdict.Inconclusive, true,
		},
		"both, and late enough for one": {
			"x", "", verdict.Fail, 1500, []verdict.Check{late, wrong}, verdict.Fail, false,
		},
		"died on a machine that is late": {
			"x", "", verdict.Fail, 9000, []verdict.Check{dead}, verdict.Fail, false,
		},
		"died, and the rest for lack of time": {
			"x", "", verdict.Fail, 9000, []verdict.Check{dead, late}, verdict.Fail, false,
		},
		"known, as listed": {
			"known", "504 by gateway", verdict.Fail, 9000, []verdict.Check{wrong, cached}, verdict.Fail, false,
		},
		"known, changed on a machine on time": {
			"known", "503 by gateway", verdict.Fail, 80, []verdict.Check{wrong, cached}, verdict.Fail, false,
		},
		"known, changed in the one observation that was late": {
			"known", "503 by gateway; 504 by gateway", verdict.Fail, 9000,
			[]verdict.Check{onTime(wrong), wrong, cached},
			verdict.Inconclusive, true,
		},
		"known, changed on a machine late": {
			"known", "503 by gateway", verdict.Fail, 9000,
			[]verdict.Check{wrong, cached},
			verdict.Inconclusive,
			true,
		},
		"known, and another late enough beside it": {
			"known", "504 by gateway", verdict.Fail, 1500,
			[]verdict.Check{strict(wrong), cached, bystander},
			verdict.Inconclusive,
			true,
		},
		"known, and another not late enough beside it": {
			"known", "504 by gateway", verdict.Fail, 900,
			[]verdict.Check{wrong, cached, bystander},
			verdict.Fail, false,
		},
		"known, gone on a machine late": {
			"known", "502 by gateway", verdict.Pass, 9000, nil, verdict.Inconclusive, true,
		},
		"known, gone on a machine on time": {
			"known", "502 by gateway", verdict.Pass, 80, nil, verdict.Fail, false,
		},
		"a pass, however late":                 {"x", "502 by gateway", verdict.Pass, 9000, nil, verdict.Pass, false},
		"no steady state on a machine late":    {"x", "", verdict.Inconclusive, 9000, nil, verdict.Inconclusive, true},
		"no steady state on a machine on time": {"x", "", verdict.Inconclusive, 80, nil, verdict.Inconclusive, false},
		"cannot be tried on a machine late":    {"x", "", verdict.Unsupported, 9000, nil, verdict.Unsupported, false},
		"a page of another answer, and no list": {
			"x", "504 by gateway", verdict.Fail, 9000, []verdict.Check{wrong, cached}, verdict.Fail, false,
		},
	} {
		for i := range c.broken {
			c.broken[i].LateMS = cmp.Or(c.broken[i].LateMS, c.late)
		}
		v := verdict.Verdict{
			Record:   record.Record{ID: c.id, Setting: "document", LateMS: c.late},
			Policy:   policy.Document().Name,
			Result:   c.result,
			Observed: c.observed,
			Checks:   c.broken,
		}
		v = Excuse(Deviate(v, d), d)
		if v.Result != c.want || v.Starved != c.starved {
			t.Errorf(
				"%s: got %s, starved %t (%s); want %s, %t",
				name,
				v.Result,
				v.Starved,
				v.Reason,
				c.want,
				c.starved,
			)
		}
		if figure := fmt.Sprintf("%.0f ms late", c.late); c.starved && !strings.Contains(v.Reason, figure) {
			t.Errorf("%s: got reason %q, want %q in it", name, v.Reason, figure)
		}
	}
}

// TestACheckIsWeighedWithItsOwnProbe: that service came back late says nothing of a status before.
func TestACheckIsWeighedWithItsOwnProbe(t *testing.T) {
	v := verdict.Verdict{
		Record: record.Record{
			RecoveryLateMS: 5000,
			LateMS:         5000,
			Terms:          record.Terms{Limits: record.Limits{Resolve: 1000, Connect: 1000, Respond: 1000}},
			Observations:   []record.Observation{{Probe: "GET /", LateMS: 20}, {Probe: "POST /", LateMS: 3000}},
		},
		Result: verdict.Fail, Checks: []verdict.Check{{Name: check.Status.ID, Of: "GET /"}},
	}
	weigh(&v)
	if got := Excuse(v, &gateway.Definition{}); got.Result != verdict.Fail || got.Checks[0].LateMS != 20 {
		t.Errorf("got %s, %+v; want a fail: the probe was not late", got.Result, got.Checks[0])
	}
	v.Checks = []verdict.Check{{Name: check.Status.ID, Of: "POST /"}}
	weigh(&v)
	if got := Excuse(v, &gateway.Definition{}); got.Result != verdict.Inconclusive {
		t.Errorf("got %s, %+v; want inconclusive: that probe was", got.Result, got.Checks[0])
	}
}

// TestACheckIsWeighedWithThoseBesideItsProbe: a bystander is compared with the probe that it was sent beside.
func TestACheckIsWeighedWithThoseBesideItsProbe(t *testing.T) {
	r := record.Record{Observations: []record.Observation{
		{Probe: "GET /", Group: 1, LateMS: 3000},
		{Probe: "GET beside it, as a client that is blocked", LateMS: 7000},
		{Probe: "GET /bystander/", Group: 1, LateMS: 20},
		{Probe: "POST /", Group: 2, LateMS: 5000},
		{Probe: "GET /other/", Group: 3, LateMS: 10},
	}}
	for probe, want := range map[string]float64{
		"GET /": 3000, "GET /bystander/": 3000, "POST /": 5000, "GET /other/": 10, "DELETE /": 0,
		"GET beside it, as a client that is blocked": 7000,
	} {
		if got := lateOf(r, probe); got != want {
			t.Errorf("%s: got %v ms late, want %v", probe, got, want)
		}
	}
}

// TestOurOwnLackIsNoVerdict: whatever was seen, a machine that had nothing left for the harness says nothing of the
// gateway.
func TestOurOwnLackIsNoVerdict(t *testing.T) {
	right := record.Record{Lacks: "GET /: too many open files", Recovered: true}
	dead, stopped := right, right
	dead.Dead, stopped.Stopped = "killed", "wait for steady state"
	for _, r := range []record.Record{right, dead, stopped} {
		if v := Decide(
			r,
			policy.Document(),
		); v.Result != verdict.Inconclusive || !v.Starved || !v.Lacked ||
			!strings.Contains(v.Reason, "too many open files") {
			t.Errorf("got %s (%s), want inconclusive that names the lack", v.Result, v.Reason)
		}
		r.Cannot = "no firewall here"
		if v := Decide(r, policy.Document()); v.Result != verdict.Unsupported {
			t.Errorf("got %s (%s), want unsupported: it was not tried", v.Result, v.Reason)
		}
	}
}

// TestAFamilyIsKnownWhereItComesOutAsListed: an entry for an error type is about every fault of it, also one that
// nobody had thought of when it was written; and about none that comes out otherwise.
func TestAFamilyIsKnownWhereItComesOutAsListed(t *testing.T) {
	d := entry("503 by gateway", check.Status.ID)
	d.Deviations[0].Experiments, d.Deviations[0].Errors = nil, []proxystatus.ErrorType{proxystatus.ConnectionRefused}
	failed := verdict.Verdict{
		Record: record.Record{
			ID:        "new",
			ErrorType: proxystatus.ConnectionRefused,
			Setting:   "stock",
			Version:   "1.5",
		},
		Policy:   "document",
		Result:   verdict.Fail,
		Observed: "503 by gateway",
		Checks:   []verdict.Check{{Name: check.Status.ID}},
	}
	with := func(change func(*verdict.Verdict)) verdict.Verdict { v := failed; change(&v); return v }
	for name, c := range map[string]struct {
		v      verdict.Verdict
		known  bool
		result verdict.Result
	}{
		"as listed":        {failed, true, verdict.Fail},
		"in another state": {with(func(v *verdict.Verdict) { v.ID = "new@cold" }), true, verdict.Fail},
		"over HTTP/2":      {with(func(v *verdict.Verdict) { v.ID = "new~h2" }), true, verdict.Fail},
		"of a pool":        {with(func(v *verdict.Verdict) { v.ID = "new@balanced" }), false, verdict.Fail},
		"another answer":   {with(func(v *verdict.Verdict) { v.Observed = "504 by gateway" }), false, verdict.Fail},
		"another error type": {
			with(func(v *verdict.Verdict) { v.ErrorType = proxystatus.DNSError }), false, verdict.Fail,
		},
		"another setting": {with(func(v *verdict.Verdict) { v.Setting = "document" }), false, verdict.Fail},
		"as promised": {
			with(func(v *verdict.Verdict) { v.Result, v.Checks = verdict.Pass, nil }), false, verdict.Pass,
		},
	} {
		if got := Deviate(c.v, d); got.Known() != c.known || got.Result != c.result {
			t.Errorf(
				"%s: got %s, known %t (%s); want %s, known %t",
				name,
				got.Result,
				got.Known(),
				got.Reason,
				c.result,
				c.known,
			)
		}
	}
	d.Deviations[0].Errors = []proxystatus.ErrorType{"refused"}
	if err := d.Deviations[0].Validate(); err == nil || !strings.Contains(err.Error(), `error type "refused"`) {
		t.Errorf("got %v, want an error that names the type", err)
	}
}
