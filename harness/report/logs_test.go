package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness"
)

// told are experiments on one gateway, whose logs are as many gateways write them.
func told() Run {
	r := Run{Took: 2 * time.Second}
	add := func(id string, e harness.ErrorType, lines ...string) {
		v := harness.Verdict{ID: id, Cause: harness.Network, ErrorType: e, Gateway: "nginx", Setting: "stock", Result: harness.Pass, CPUMS: 30}
		for i, line := range lines {
			// As in a log: no two lines are the same.
			v.Log = append(v.Log, fmt.Sprintf("12:00:0%d #%d client 203.0.113.10:4%d closed", i, i, i), fmt.Sprintf("12:00:0%d #%d %s", i, i, line))
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	refused := []string{"GET / refused by 198.51.100.11:8080", "POST / refused by 198.51.100.11:8080"}
	add("refused", harness.ConnectionRefused, refused...)
	add("wrong-port", harness.ConnectionRefused, "GET /named/ refused by 198.51.100.11:8099")
	add("silent", harness.HTTPResponseTimeout, "GET / timed out")
	add("deadlock", harness.HTTPResponseTimeout, "GET / timed out")
	add("frozen", harness.HTTPResponseTimeout, "GET / timed out")
	add("slow", harness.HTTPResponseTimeout, "GET / timed out")
	add("link-down", harness.ConnectionTimeout, "GET / timed out")
	add("close", harness.HTTPResponseIncomplete, "GET / ended early")
	add("kill", harness.ConnectionTerminated, "GET / ended early")
	add("stall", harness.ConnectionTimeout, "one line, once: chance")
	add("passed-on", harness.HTTPProtocolError, "GET / 200 in 1.003s", "GET / 200 in 2s", "GET /bystander/ refused")
	add("control", "", "GET / 200 in 1.2ms")
	return r
}

func TestLogsTellTheErrorType(t *testing.T) {
	r := told()
	logs := r.logs()[r.columns()[0]]
	for id, want := range map[string]saying{
		"refused": names, "wrong-port": names, "silent": names, "link-down": misleads, "close": shared, "kill": shared, "stall": silent, "passed-on": silent,
	} {
		if got := logs[id]; got.says != want {
			t.Errorf("%s: got %s (%q), want %s", id, got.says, got.line, want)
		}
	}
	if got, want := logs["refused"].line, "12:00:00 #0 GET / refused by 198.51.100.11:8080"; got != want {
		t.Errorf("the line: got %q, want %q, as the gateway wrote it", got, want)
	}
	if _, ok := logs["control"]; ok {
		t.Error("a control has no error type to tell; got one told")
	}
	if got, want := r.logsTable(), "| connection_refused | 2 of 2 |"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q in it", got, want)
	}
	if got, want := r.speed(), "6.0 experiments a second; CPU seconds for one: nginx 0.030\n"; got != want {
		t.Errorf("speed: got %q, want %q", got, want)
	}
}
