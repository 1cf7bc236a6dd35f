package reporttest

import (
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Told are experiments on one gateway, whose logs are as many gateways write them.
func Told() report.Run {
	r, n := report.Run{Took: 2 * time.Second}, 0
	add := func(id string, e proxystatus.ErrorType, lines ...string) {
		v := verdict.Verdict{
			Record: record.Record{
				ID:        id,
				Cause:     cause.Network,
				ErrorType: e,
				Gateway:   "nginx",
				Setting:   "stock",
				CPUMS:     30,
			},
			Result: verdict.Pass,
		}
		for _, line := range lines {
			// As in a log: no two lines are the same.
			closed := fmt.Sprintf("12:00:%02d client 203.0.113.10:4%d closed", n, n)
			v.Log = append(v.Log, closed, fmt.Sprintf("12:00:%02d %s", n, line))
			n++
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	refused := []string{"GET / refused by 198.51.100.11:8080", "POST / refused by 198.51.100.11:8080"}
	add("refused", proxystatus.ConnectionRefused, refused...)
	add("wrong-port", proxystatus.ConnectionRefused, "GET /named/ refused by 198.51.100.11:8099")
	add("silent", proxystatus.HTTPResponseTimeout, "GET / timed out")
	add("deadlock", proxystatus.HTTPResponseTimeout, "GET / timed out")
	add("frozen", proxystatus.HTTPResponseTimeout, "GET / timed out")
	add("slow", proxystatus.HTTPResponseTimeout, "GET / timed out")
	add("link-down", proxystatus.ConnectionTimeout, "GET / timed out")
	add("close", proxystatus.HTTPResponseIncomplete, "GET / ended early")
	add("kill", proxystatus.ConnectionTerminated, "GET / ended early")
	add("stall", proxystatus.ConnectionTimeout, "one line, once: chance")
	add(
		"passed-on",
		proxystatus.HTTPProtocolError,
		"GET / 200 in 1.003s",
		"GET / 200 in 2s",
		"GET /bystander/ refused",
	)
	add("control", "", "GET / 200 in 1.2ms")
	return r
}

// Tried is a run in which remedies were tried, on a gateway with the logs of told.
func Tried() report.Run {
	r := Told()
	for i := range r.Verdicts {
		r.Verdicts[i].Remedies = []record.RemedyOutcome{
			{
				Remedy:  "refresh",
				Outcome: record.Ineffective,
				Reason:  "502 by gateway again",
				Saw:     "502 by gateway",
				Then:    "502 by gateway",
			},
			{
				Remedy:  record.CheckLogs,
				Outcome: record.Ineffective,
				Reason:  "502 by gateway again",
				Saw:     "502 by gateway",
				Then:    "502 by gateway",
			},
		}
	}
	first := r.Verdicts[0].Remedies
	first[0].Outcome, first[0].Reason, first[0].Then = record.Effective, "served, with nothing repaired", "200 by upstream"
	r.Verdicts = append(r.Verdicts, verdict.Verdict{
		Record: record.Record{
			ID:        "ip-deny",
			Cause:     cause.Blocked,
			ErrorType: proxystatus.HTTPRequestDenied,
			Gateway:   "nginx",
			Setting:   "stock",
			Remedies: []record.RemedyOutcome{
				{
					Remedy:  "refresh",
					Outcome: record.NotApplicable,
					Reason:  "the client saw no failure: 200 by upstream",
					Saw:     "200 by upstream",
				},
				{
					Remedy:  record.CheckLogs,
					Outcome: record.Ineffective,
					Reason:  "403 by gateway again",
					Saw:     "403 by gateway",
					Then:    "403 by gateway",
				},
			},
		},
		Result: verdict.Pass,
	})
	return r
}
