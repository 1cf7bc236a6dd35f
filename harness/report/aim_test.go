package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// aimed is a run of a gateway of the user's own: a harm of each kind at one upstream, nothing wrong at another.
func aimed() Run {
	r := Run{Tool: "v0.0.0-test", World: "root"}
	add := func(setting, id string, breaks ...string) {
		probe, up, _ := strings.Cut(setting, "/")
		v := made(column{"edge", "1.22.1", setting}, id)
		v.Target = &record.Target{Probe: probe, URL: "http://gateway.test/" + probe, Upstream: up, At: up + ".internal:80"}
		v.Replay = "gatequake run --setting " + setting + " --only " + id + " --file gatequake.yaml"
		for _, name := range breaks {
			v.Result = verdict.Fail
			v.Checks = append(v.Checks, verdict.Check{Name: name, Of: "POST /", Got: "what came", Want: "what was promised"})
		}
		if len(breaks) > 0 {
			v.Reason = v.Checks[1].String()
			v.Log = []string{"a request came", "upstream timed out " + hostile, "another request came"}
			v.Hint, v.HintLink = "some_timeout bounds the wait", "https://vendor.test/some_timeout"
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	add("cart/shop", "refused")
	add("pay/bank", "firewall-drop", check.Status.ID)
	add("pay/bank", "slow-answer", check.Status.ID)
	add("pay/bank", "reset-mid-body", check.Status.ID, check.PostOnce.ID)
	add("pay/bank", "error-500")
	return r
}

func TestAims(t *testing.T) {
	var b bytes.Buffer
	if err := Console(&b, aimed(), Look{}, ""); err != nil {
		t.Fatal(err)
	}
	golden(t, "aims.golden", b.Bytes())
	golden(t, "aims.md", []byte(Summary(aimed())))
	page, err := HTML(aimed())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a POST is sent twice", `href="https://vendor.test/some_timeout"`, "upstream timed out", "--only reset-mid-body"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("got no %q in the page", want)
		}
	}
}

// TestALinkIsNoScript holds that a link of results that somebody else made runs nothing.
func TestALinkIsNoScript(t *testing.T) {
	r := aimed()
	for i := range r.Verdicts {
		r.Verdicts[i].HintLink = "javascript:alert(1)"
	}
	page, err := HTML(r)
	if err != nil || bytes.Contains(page, []byte(`href="javascript:`)) {
		t.Errorf("got a link that is a script (%v)", err)
	}
}

func TestSummaryOfAimsIsBounded(t *testing.T) {
	r := aimed()
	for i := range r.Verdicts {
		r.Verdicts[i].Log = []string{strings.Repeat("error `|<", 20000)}
		r.Verdicts[i].Evidence = strings.Repeat("x", 1<<20)
	}
	if n := len(Summary(r)); n > summaryBytes {
		t.Errorf("got %d bytes, want %d at most", n, summaryBytes)
	}
}
