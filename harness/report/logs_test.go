package report

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// told are experiments on one gateway, whose logs are as many gateways write them.
func told() Run {
	r, n := Run{Took: 2 * time.Second}, 0
	add := func(id string, e proxystatus.ErrorType, lines ...string) {
		v := verdict.Verdict{Record: record.Record{ID: id, Cause: cause.Network, ErrorType: e, Gateway: "nginx", Setting: "stock", CPUMS: 30}, Result: verdict.Pass}
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
	add("passed-on", proxystatus.HTTPProtocolError, "GET / 200 in 1.003s", "GET / 200 in 2s", "GET /bystander/ refused")
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
	if got, want := logs["refused"].line, "12:00:00 GET / refused by 198.51.100.11:8080"; got != want {
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

// recorded are lines that gateways wrote, in two runs of each fault; what add returns stands behind each line.
func recorded(t *testing.T, add func() string) Run {
	t.Helper()
	doc, err := os.ReadFile("testdata/logs.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Gateway, Version, ID string
		ErrorType            proxystatus.ErrorType `json:"error_type"`
		Before               []string
		Runs                 [][]string
	}
	if err := json.Unmarshal(doc, &all); err != nil {
		t.Fatal(err)
	}
	r := Run{}
	for _, of := range all {
		v := verdict.Verdict{
			Record: record.Record{ID: of.ID, Cause: cause.Network, ErrorType: of.ErrorType, Gateway: of.Gateway, Version: of.Version, Setting: "stock", Before: of.Before},
			Result: verdict.Pass,
		}
		for _, log := range of.Runs {
			for i := range log {
				log[i] += add()
			}
			v.Log, v.Runs = log, append(v.Runs, verdict.Run{Log: log})
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}

// TestLogsOfRealGateways holds what the lines of four gateways tell to what they say in words. Each is tried as it is,
// with something behind it that no two lines have in common, as a request's ID, and with a word behind it that all have
// in common.
func TestLogsOfRealGateways(t *testing.T) {
	n := 0
	for name, add := range map[string]func() string{
		"as it is":  func() string { return "" },
		"IDs":       func() string { n++; return fmt.Sprintf(` "id":"%s%dq"`, []string{"zx", "drt", "k"}[n%3], n*7919) },
		"same word": func() string { return " gatequake" },
	} {
		r := recorded(t, add)
		all := r.logs()
		for _, c := range r.columns() {
			for _, id := range []string{
				"refused", "wrong-port", "firewall-drop", "accept-queue-full", "silent-after-accept", "slow-answer", "close-mid-body",
				"short-chunked", "garbage", "bad-status-line",
			} {
				if got := all[c][id]; got.says != names {
					t.Errorf("%s: %s, %s: got %s (as %s: %s), want its error type named",
						name, c.gateway, id, got.says, got.as, got.line)
				}
			}
		}
		for id, phrase := range map[string]string{
			"refused": "connect: connection refused", "dns-silence": "i/o timeout", "certificate-expired": "certificate has expired",
		} {
			if got := all[column{"caddy", "2.11.9", "stock"}][id]; got.says != names || !strings.Contains(got.line, phrase) {
				t.Errorf("%s: caddy, %s: got %s: %s, want the error type named by %q", name, id, got.says, got.line, phrase)
			}
		}
		if got := all[column{"nginx", "1.22.1", "stock"}]["certificate-expired"]; got.says == names {
			t.Errorf("%s: nginx, which does not look at the certificate: got it named by %q", name, got.line)
		}
	}
}

// TestWhatDiffersSaysNothing has lines whose only difference between the faults is what differs between two runs of
// one, too: numbers, letters, a time.
func TestWhatDiffersSaysNothing(t *testing.T) {
	r, n := Run{}, 0
	for _, e := range []proxystatus.ErrorType{
		proxystatus.ConnectionRefused, proxystatus.ConnectionTimeout, proxystatus.HTTPResponseTimeout, proxystatus.HTTPResponseIncomplete,
		proxystatus.HTTPProtocolError, proxystatus.DNSError,
	} {
		for _, id := range []string{"one", "two", "three"} {
			v := verdict.Verdict{
				Record: record.Record{ID: string(e) + "-" + id, Cause: cause.Network, ErrorType: e, Gateway: "g", Setting: "stock"},
				Result: verdict.Pass,
			}
			for range 2 {
				n++
				line := fmt.Sprintf(`{"ts":%d.%d,"msg":"upstream failed","id":"%c%cz%c","took":"%dms"}`,
					1700000000+n, n, 'a'+n%26, 'a'+n*7%26, 'a'+n/3, n%4)
				v.Runs = append(v.Runs, verdict.Run{Log: []string{line}})
			}
			r.Verdicts = append(r.Verdicts, v)
		}
	}
	for id, got := range r.logs()[r.columns()[0]] {
		if got.says == names || got.says == misleads {
			t.Errorf("%s: got %s by %s, want nothing told", id, got.says, got.line)
		}
	}
}
