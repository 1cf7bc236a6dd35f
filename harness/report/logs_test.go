package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestLogsTellTheErrorType(t *testing.T) {
	r := reporttest.Told()
	logs := r.Logs()[r.Columns()[0]]
	for id, want := range map[string]report.Saying{
		"refused": report.LogNames, "wrong-port": report.LogNames, "silent": report.LogNames, "link-down": report.LogMisleads,
		"close": report.LogShared, "kill": report.LogShared, "stall": report.LogSilent, "passed-on": report.LogSilent,
	} {
		if got := logs[id]; got.Says != want {
			t.Errorf("%s: got %s (%q), want %s", id, got.Says, got.Line, want)
		}
	}
	if got, want := logs["refused"].Line, "12:00:00 GET / refused by 198.51.100.11:8080"; got != want {
		t.Errorf("the line: got %q, want %q, as the gateway wrote it", got, want)
	}
	if _, ok := logs["control"]; ok {
		t.Error("a control has no error type to tell; got one told")
	}
	if got, want := r.Speed(), "6.0 experiments a second; CPU seconds for one: nginx 0.030\n"; got != want {
		t.Errorf("speed: got %q, want %q", got, want)
	}
}

// recorded are lines that gateways wrote, in two runs of each fault; what add returns stands behind each line.
func recorded(t *testing.T, add func() string) report.Run {
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
	r := report.Run{}
	for _, of := range all {
		v := verdict.Verdict{
			Record: record.Record{
				ID:        of.ID,
				Cause:     cause.Network,
				ErrorType: of.ErrorType,
				Gateway:   of.Gateway,
				Version:   of.Version,
				Setting:   "stock",
				Before:    of.Before,
			},
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
		"as it is": func() string { return "" },
		"IDs": func() string {
			n++
			return fmt.Sprintf(` "id":"%s%dq"`, []string{"zx", "drt", "k"}[n%3], n*7919)
		},
		"same word": func() string { return " gatequake" },
	} {
		r := recorded(t, add)
		all := r.Logs()
		for _, c := range r.Columns() {
			for _, id := range []string{
				"refused", "wrong-port", "firewall-drop", "accept-queue-full", "silent-after-accept", "slow-answer",
				"close-mid-body",
				"short-chunked", "garbage", "bad-status-line",
			} {
				if got := all[c][id]; got.Says != report.LogNames {
					t.Errorf("%s: %s, %s: got %s (as %s: %s), want its error type named",
						name, c.Gateway, id, got.Says, got.As, got.Line)
				}
			}
		}
		for id, phrase := range map[string]string{
			"refused": "connect: connection refused", "dns-silence": "i/o timeout",
			"certificate-expired": "certificate has expired",
		} {
			if got := all[report.Column{"caddy", "2.11.9", "stock"}][id]; got.Says != report.LogNames ||
				!strings.Contains(got.Line, phrase) {
				t.Errorf(
					"%s: caddy, %s: got %s: %s, want the error type named by %q",
					name,
					id,
					got.Says,
					got.Line,
					phrase,
				)
			}
		}
		if got := all[report.Column{"nginx", "1.22.1", "stock"}]["certificate-expired"]; got.Says == report.LogNames {
			t.Errorf("%s: nginx, which does not look at the certificate: got it named by %q", name, got.Line)
		}
	}
}

// TestWhatDiffersSaysNothing has lines whose only difference between the faults is what differs between two runs of
// one, too: numbers, letters, a time.
func TestWhatDiffersSaysNothing(t *testing.T) {
	r, n := report.Run{}, 0
	for _, e := range []proxystatus.ErrorType{
		proxystatus.ConnectionRefused, proxystatus.ConnectionTimeout, proxystatus.HTTPResponseTimeout,
		proxystatus.HTTPResponseIncomplete,
		proxystatus.HTTPProtocolError, proxystatus.DNSError,
	} {
		for _, id := range []string{"one", "two", "three"} {
			v := verdict.Verdict{
				Record: record.Record{
					ID:        string(e) + "-" + id,
					Cause:     cause.Network,
					ErrorType: e,
					Gateway:   "g",
					Setting:   "stock",
				},
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
	for id, got := range r.Logs()[r.Columns()[0]] {
		if got.Says == report.LogNames || got.Says == report.LogMisleads {
			t.Errorf("%s: got %s by %s, want nothing told", id, got.Says, got.Line)
		}
	}
}
