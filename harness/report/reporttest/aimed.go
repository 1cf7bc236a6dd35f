package reporttest

import (
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Aimed is a run of a gateway of the user's own: a harm of each kind at one upstream, nothing wrong at another.
func Aimed() report.Run {
	r := report.Run{Tool: "v0.0.0-test", World: "root"}
	add := func(setting, id string, breaks ...string) {
		probe, up, _ := strings.Cut(setting, "/")
		v := Made(report.Column{Gateway: "edge", Version: "1.22.1", Setting: setting}, id)
		v.Target = &record.Target{
			Probe:    probe,
			URL:      "http://gateway.test/" + probe,
			Upstream: up,
			At:       up + ".internal:80",
		}
		v.Replay = "gatequake run --setting " + setting + " --only " + id + " --file gatequake.yaml"
		for _, name := range breaks {
			v.Result = verdict.Fail
			v.Checks = append(
				v.Checks,
				verdict.Check{
					Name: name, Of: "POST /", Got: "what came", Want: "what was promised", Harm: string(check.Find(name).Harm),
				},
			)
		}
		if len(breaks) > 0 {
			v.Reason = v.Checks[1].String()
			v.Log = []string{"a request came", "upstream timed out " + Hostile, "another request came"}
			v.Class = verdict.ToFix
			v.Named = []verdict.Line{{File: "sites/bank.conf", Number: 3, Text: "pass " + up + ".internal:80;"}}
		}
		if len(breaks) == 1 {
			v.Fix = &verdict.Fix{
				Directive: "some_timeout", Says: "some_timeout bounds the wait", Link: "https://vendor.test/some_timeout",
				Place:   "the server",
				Snippet: "some_timeout 5s;\nother_timeout 5s;",
				Found:   []verdict.Line{{File: "edge.conf", Number: 7, Text: "some_timeout 60s;"}},
			}
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	add("cart/shop", "refused")
	add("pay/bank", "firewall-drop", check.Status.ID)
	add("pay/bank", "slow-answer", check.Status.ID)
	add("pay/bank", "reset-mid-body", check.Status.ID, check.PostOnce.ID)
	add("pay/bank", "error-500")
	// Two that the gateway's log explains in the same words, whatever was promised.
	add("pay/bank", "sheds-503", check.Status.ID, check.NotCacheable.ID)
	add("pay/bank", "close-on-accept", check.Status.ID, check.Alive.ID)
	for i := len(r.Verdicts) - 2; i < len(r.Verdicts); i++ {
		r.Verdicts[i].Said = &verdict.Said{
			Line: "a file is not there " + Hostile, Means: "the gateway looks for a file of its own, and it is not there",
			Directive: "some_root", Link: "https://vendor.test/some_root",
		}
	}
	return r
}
