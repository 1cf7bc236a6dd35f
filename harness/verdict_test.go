package harness

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

func TestZeroVerdictIsInconclusive(t *testing.T) {
	if got := (Verdict{}).Result.String(); got != "inconclusive" {
		t.Errorf("got %q, want inconclusive", got)
	}
	for text, want := range map[string]Result{`"pass"`: Pass, `"fail"`: Fail, `"unsupported"`: Unsupported, `"inconclusive"`: Inconclusive, `"PASSED!"`: Inconclusive} {
		var r Result
		if err := json.Unmarshal([]byte(text), &r); err != nil || r != want {
			t.Errorf("%s: got %v, %v; want %v", text, r, err, want)
		}
	}
}

func listed(observed string, breaks ...string) *gateway.Definition {
	return &gateway.Definition{Name: "g", Deviations: []gateway.Deviation{{
		Experiments: []string{"refused"}, Settings: []string{"stock"}, Versions: ">=1.2 <2", Reason: "so it is", Link: "https://vendor.test",
		Outcome: gateway.Outcome{Observed: observed, Breaks: breaks},
	}}}
}

// chance lists a deviation of which one or another outcome is seen; what is seen at other times breaks the checks.
func chance(observed, also string, breaks ...string) *gateway.Definition {
	d := listed("")
	d.Deviations[0].Outcome = gateway.Outcome{}
	d.Deviations[0].Chance = []gateway.Outcome{{Observed: observed, Breaks: []string{CheckStatus}, Times: 7}, {Observed: also, Breaks: breaks, Times: 3}}
	return d
}

// either lists two deviations of one experiment: one that breaks a cut that is to be seen, and the given one.
func either(observed string) *gateway.Definition {
	d := listed("200 by upstream", CheckCutVisible)
	d.Deviations = append(d.Deviations, listed(observed, CheckStatus).Deviations...)
	return d
}

func TestJudge(t *testing.T) {
	failed := Verdict{ID: "refused", Setting: "stock", Version: "1.5", Policy: "document", Result: Fail, Observed: "503 by gateway", Reason: "status", Checks: []Check{{Name: CheckStatus}, {Name: CheckStatus}}}
	with := func(change func(*Verdict)) Verdict { v := failed; change(&v); return v }
	for name, c := range map[string]struct {
		v      Verdict
		d      *gateway.Definition
		known  bool
		result Result
		reason string
	}{
		"as listed":             {failed, listed("503 by gateway", CheckStatus), true, Fail, ""},
		"not listed":            {with(func(v *Verdict) { v.ID = "garbage" }), listed("503 by gateway", CheckStatus), false, Fail, ""},
		"a pool, by its base":   {with(func(v *Verdict) { v.ID = "refused@balanced" }), listed("503 by gateway", CheckStatus), false, Fail, ""},
		"a state, by its base":  {with(func(v *Verdict) { v.ID = "refused@cold" }), listed("503 by gateway", CheckStatus), true, Fail, ""},
		"other setting":         {with(func(v *Verdict) { v.Setting = "document" }), listed("503 by gateway", CheckStatus), false, Fail, ""},
		"other version":         {with(func(v *Verdict) { v.Version = "2.1" }), listed("503 by gateway", CheckStatus), false, Fail, ""},
		"other answer":          {failed, listed("504 by gateway", CheckStatus), false, Fail, "known deviation changed"},
		"breaks something else": {failed, listed("503 by gateway", CheckStatus, CheckPostOnce), false, Fail, "known deviation changed"},
		"gone":                  {with(func(v *Verdict) { v.Result, v.Checks = Pass, nil }), listed("503 by gateway", CheckStatus), false, Fail, "known deviation is gone"},
		"inconclusive":          {with(func(v *Verdict) { v.Result = Inconclusive }), listed("503 by gateway", CheckStatus), false, Inconclusive, ""},
		"unsupported":           {with(func(v *Verdict) { v.Result = Unsupported }), listed("503 by gateway", CheckStatus), false, Unsupported, ""},
		"other policy":          {with(func(v *Verdict) { v.Policy = "rfc9209" }), listed("503 by gateway", CheckStatus), true, Fail, ""},
		"passes other policy":   {with(func(v *Verdict) { v.Policy, v.Result, v.Checks = "rfc9209", Pass, nil }), listed("503 by gateway", CheckStatus), false, Pass, ""},
		"version is no version": {with(func(v *Verdict) { v.Version = "new" }), listed("503 by gateway", CheckStatus), false, Inconclusive, "compare version"},
		"two entries, second":   {failed, either("503 by gateway"), true, Fail, ""},
		"two entries, neither":  {failed, either("504 by gateway"), false, Fail, "want 200 by upstream ([cut-visible])"},
		"chance, other":         {failed, chance("504 by gateway", "503 by gateway", CheckStatus), true, Fail, ""},
		"chance, none listed":   {failed, chance("504 by gateway", "505 by gateway", CheckStatus), false, Fail, "known deviation changed"},
		"chance, passes":        {with(func(v *Verdict) { v.Result, v.Checks = Pass, nil }), chance("504 by gateway", "pass"), false, Pass, ""},
		"chance, must not pass": {with(func(v *Verdict) { v.Result, v.Checks = Pass, nil }), chance("504 by gateway", "503 by gateway", CheckStatus), false, Fail, "known deviation is gone"},
		"chance, breaks other":  {failed, chance("504 by gateway", "503 by gateway", CheckPostOnce), false, Fail, "or 503 by gateway ([post-once])"},
		"chance, passes thus":   {with(func(v *Verdict) { v.Result, v.Checks = Pass, nil }), chance("504 by gateway", "503 by gateway"), false, Pass, ""},
		"chance, passes else":   {with(func(v *Verdict) { v.Result, v.Checks = Pass, nil }), chance("504 by gateway", "200 by upstream"), false, Fail, "known deviation is gone"},
	} {
		got := c.v.Judge(c.d)
		if got.Known() != c.known || got.Known() != (got.Link == "https://vendor.test") || got.Result != c.result || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: got %v, known %t, %q; want %v, %t, %q", name, got.Result, got.Known(), got.Reason, c.result, c.known, c.reason)
		}
	}
}

func TestCheckAnswer(t *testing.T) {
	bad := Expectation{Statuses: []int{502}, By: ByGateway}
	orCut := Expectation{Statuses: []int{502}, By: ByGateway, OrCut: true}
	right := Observation{Status: 502, By: ByGateway, End: client.Complete, After: connectionUsable}
	with := func(change func(*Observation)) Observation { o := right; change(&o); return o }
	for name, c := range map[string]struct {
		o      Observation
		want   Expectation
		broken string
	}{
		"right":                   {right, bad, ""},
		"other status":            {with(func(o *Observation) { o.Status = 504 }), bad, CheckStatus},
		"by the upstream":         {with(func(o *Observation) { o.By = ByUpstream }), bad, CheckAnsweredBy},
		"no answer":               {Observation{End: client.Closed}, bad, CheckStatus},
		"not in time":             {Observation{End: client.TimedOut}, bad, CheckInTime},
		"half of it in time":      {with(func(o *Observation) { o.End = client.TimedOut }), bad, CheckInTime},
		"cut":                     {with(func(o *Observation) { o.End = client.Truncated }), bad, CheckStatus},
		"connection broken":       {with(func(o *Observation) { o.After = "reset" }), bad, CheckConnection},
		"502 where a cut may be":  {right, orCut, ""},
		"visibly cut":             {Observation{Status: 200, By: ByUpstream, End: client.Truncated}, orCut, ""},
		"cut made whole":          {Observation{Status: 200, By: ByUpstream, End: client.Complete, After: connectionUsable}, orCut, CheckCutVisible},
		"cut, and nobody can see": {Observation{Status: 200, By: ByUpstream, End: client.Unframed, After: connectionClosed}, orCut, CheckCutVisible},
	} {
		v := Verdict{Checks: checkAnswer(c.o, c.want, time.Second)}
		if got := strings.Join(v.Broken(), ","); got != c.broken {
			t.Errorf("%s: got %q broken, want %q", name, got, c.broken)
		}
	}
}

func TestCacheable(t *testing.T) {
	date := "Mon, 01 Jan 2024 00:00:00 GMT"
	later := "Mon, 01 Jan 2024 00:01:00 GMT"
	for name, c := range map[string]struct {
		status int
		header http.Header
		want   bool
	}{
		"bare 502":         {502, http.Header{}, false},
		"bare 404":         {404, http.Header{}, true},
		"no-store":         {404, http.Header{"Cache-Control": {"No-Store"}}, false},
		"max-age":          {502, http.Header{"Cache-Control": {`private, max-age="60"`}}, true},
		"max-age=0":        {502, http.Header{"Cache-Control": {"max-age=0"}, "Expires": {later}}, false},
		"s-maxage wins":    {502, http.Header{"Cache-Control": {"max-age=0, s-maxage=60"}}, true},
		"public":           {502, http.Header{"Cache-Control": {"public"}}, true},
		"expires later":    {502, http.Header{"Date": {date}, "Expires": {later}}, true},
		"expires at once":  {502, http.Header{"Date": {date}, "Expires": {date}}, false},
		"expires nonsense": {502, http.Header{"Expires": {"-1"}}, false},
	} {
		if got := Cacheable(c.status, c.header); (got != "") != c.want {
			t.Errorf("%s: got %q, want cacheable: %t", name, got, c.want)
		}
	}
}

func TestCheckPage(t *testing.T) {
	for name, c := range map[string]struct {
		o      Observation
		broken string
	}{
		"clean":          {Observation{Status: 502, page: []byte("Bad Gateway")}, ""},
		"cacheable":      {Observation{Status: 502, Header: http.Header{"Cache-Control": {"max-age=60"}}}, CheckNotCacheable},
		"leak in body":   {Observation{Status: 502, page: []byte("dial tcp 198.51.100.11:8080: refused")}, CheckNoLeak},
		"leak in header": {Observation{Status: 502, Header: http.Header{"X-Backend": {"198.51.100.11"}}}, CheckNoLeak},
	} {
		v := Verdict{Checks: checkPage(c.o, []secret{secretAddress(netip.MustParseAddr("198.51.100.11"))})}
		if got := strings.Join(v.Broken(), ","); got != c.broken {
			t.Errorf("%s: got %q broken, want %q", name, got, c.broken)
		}
	}
}

func TestRecommendedCodes(t *testing.T) {
	// RFC 9209, section 2.3.
	for e, want := range map[ErrorType]int{
		DNSTimeout: 504, DNSError: 502, DestinationUnavailable: 503, DestinationIPUnroutable: 502, ConnectionRefused: 502, ConnectionTerminated: 502,
		ConnectionTimeout: 504, TLSProtocolError: 502, TLSCertificateError: 502, TLSAlertReceived: 502, HTTPRequestDenied: 403, HTTPResponseIncomplete: 502,
		HTTPResponseHeaderSectionSize: 502, HTTPResponseTimeout: 504, HTTPProtocolError: 502,
	} {
		if got := e.Recommended(); got != want {
			t.Errorf("%s: got %d, want %d", e, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	pass := Verdict{Result: Pass, Observed: "502 by gateway", RecoveryMS: 3}
	fail := Verdict{Result: Fail, Observed: "200 by upstream", Reason: "status"}
	known := Verdict{Result: Fail, Observed: "504 by gateway", Deviation: "so it is"}
	unclear := Verdict{Reason: "no steady state"}
	sometimes := &Chance{Reason: "so it is"}
	cut, bad := Verdict{Result: Pass, Observed: "200 by upstream, cut", Chance: sometimes}, Verdict{Result: Fail, Observed: "503 by gateway", Deviation: "so it is", Chance: sometimes}
	other := Verdict{Result: Pass, Observed: "502 by gateway", Chance: sometimes}
	for name, c := range map[string]struct {
		runs             []Verdict
		result           Result
		known            bool
		observed, reason string
	}{
		"once":               {[]Verdict{pass}, Pass, false, "502 by gateway", ""},
		"always a pass":      {[]Verdict{pass, pass}, Pass, false, "502 by gateway", ""},
		"always known":       {[]Verdict{known, known}, Fail, true, "504 by gateway", ""},
		"a fail among them":  {[]Verdict{pass, fail, pass}, Fail, false, "not always the same: 2 × 502 by gateway, 1 × 200 by upstream", "the worst: status"},
		"the fail not last":  {[]Verdict{fail, pass}, Fail, false, "not always the same: 1 × 200 by upstream, 1 × 502 by gateway", "the worst: status"},
		"known sometimes":    {[]Verdict{pass, known}, Fail, false, "not always the same: 1 × 502 by gateway, 1 × 504 by gateway", "not always"},
		"chance, as listed":  {[]Verdict{cut, bad, cut}, Fail, true, "not always the same: 2 × 200 by upstream, cut, 1 × 503 by gateway", ""},
		"chance, all pass":   {[]Verdict{cut, other}, Pass, false, "not always the same: 1 × 200 by upstream, cut, 1 × 502 by gateway", ""},
		"chance, and a fail": {[]Verdict{cut, bad, fail}, Fail, false, "not always the same: 1 × 200 by upstream, cut, 1 × 503 by gateway, 1 × 200 by upstream", "the worst: status"},
		"unclear sometimes":  {[]Verdict{pass, unclear}, Inconclusive, false, "not always the same: 1 × 502 by gateway, 1 × nothing", "no steady state"},
		"unclear and failed": {[]Verdict{unclear, fail}, Fail, false, "not always the same: 1 × nothing, 1 × 200 by upstream", "the worst: status"},
	} {
		got := Merge(c.runs)
		if got.Result != c.result || got.Known() != c.known || got.Observed != c.observed || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: got %v (known %t), %q, %q; want %v (known %t), %q, %q", name, got.Result, got.Known(), got.Observed, got.Reason, c.result, c.known, c.observed, c.reason)
		}
		if n := len(got.Runs); len(c.runs) > 1 && n != len(c.runs) {
			t.Errorf("%s: got %d runs, want %d", name, n, len(c.runs))
		}
	}
}
