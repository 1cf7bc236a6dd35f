package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

func TestDiagnose(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	gatequake(
		"diagnose",
		"--status",
		"502",
		"--log",
		"connect() failed (111: Connection refused) while connecting to upstream",
	).
		is(
			t,
			statusHolds,
			"502: a bad gateway",
			"written by the gateway",
			"connection_refused",
			"gatequake explain refused",
		)
	gatequake(
		"diagnose",
		"--status",
		"504",
		"--time",
		"30s",
		"--header",
		"Server: nginx",
	).is(
		t,
		statusHolds,
		"504 after 30s",
		"http_response_timeout",
		"--log",
	)
	gatequake(
		"diagnose",
		"--status",
		"403",
		"--body",
		file("page", "<h1>403 Forbidden</h1>"),
	).is(
		t,
		statusHolds,
		"a page that says denied: blocked",
	)
	gatequake("diagnose", "--hung").is(t, statusHolds, "No answer (timed-out) after 1m0s")

	s := httptest.NewServer(
		http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Access denied", http.StatusForbidden) },
		),
	)
	defer s.Close()
	gatequake("diagnose", "--url", s.URL+"/x").is(t, statusHolds, "GET "+s.URL+"/x", "blocked")

	recording := `{"log": {"entries": [
		{
			"time": 3, "request": {"method": "GET", "url": "https://shop.test/"},
			"response": {"status": 200, "headers": [], "content": {}}
		},
		{"time": 30003, "request": {"method": "GET", "url": "https://shop.test/cart"}, "response": {"status": 504,
			"headers": [{"name": "Server", "value": "nginx"}], "content": {"text": "PGgxPjUwNCBHYXRld2F5IFRpbWUtb3V0PC9oMT4=", "encoding": "base64"}}}]}}`
	gatequake(
		"diagnose",
		"--har",
		file("visit.har", recording),
	).is(
		t,
		statusHolds,
		"GET https://shop.test/cart",
		"504 after 30.003s, with a page that speaks of a bad gateway",
	)

	for want, args := range map[string][]string{
		"got 0 of --status":                          {},
		"got 2 of --status":                          {"--status", "502", "--hung"},
		"--status: got 1, want":                      {"--status", "1"},
		`--header: got "Server"`:                     {"--status", "502", "--header", "Server"},
		"--body: nowhere: no such file or directory": {"--status", "502", "--body", "nowhere"},
		"--har: nowhere: no such file or directory":  {"--har", "nowhere"},
		"want HTTP Archive 1.2":                      {"--har", file("no.har", "<html>")},
		"got 0 answers, all below 400":               {"--har", file("empty.har", "{}")},
		"want http://HOST:PORT/PATH":                 {"--url", "ftp://127.0.0.1/"},
		"want an address of this machine":            {"--url", "http://203.0.113.1/"},
	} {
		gatequake(append([]string{"diagnose"}, args...)...).is(t, statusUsage, want)
	}
}
