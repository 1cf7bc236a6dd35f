package cli

import (
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/gatequake/gatequake/harness/diagnose"
)

// FuzzHAR reads recordings: what is read are answers that failed, in no more than their number, and what is said of one
// can be shown.
func FuzzHAR(f *testing.F) {
	for _, text := range []string{
		"", "null", "{}", `{"log":null}`, `{"log":{"entries":[null]}}`, `{"log":{"entries":[{"time":1e300,"response":{"status":502}}]}}`,
		`{"log":{"entries":[{"time":-1,"request":{"method":"GET","url":"http://x/\n::error::"},"response":{"status":502,"headers":[{"name":"Server","value":"nginx"}],` +
			`"content":{"text":"PGgxPjQwMyBGb3JiaWRkZW48L2gxPg==","encoding":"base64"}}}]}}`,
		`{"log":{"entries":[{"response":{"status":-5}},{"response":{"status":99999}}]}}`,
	} {
		f.Add([]byte(text))
	}
	cells, err := committed()
	if err != nil {
		f.Fatal(err)
	}
	known := diagnose.New(cells, nil)
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseHAR(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 2000 {
				t.Errorf("got %q, want one line", err)
			}
			return
		}
		if len(all) == 0 || len(all) > maxAnswers {
			t.Errorf("got %d answers, want 1 to %d", len(all), maxAnswers)
		}
		for _, a := range all {
			if a.Status != 0 && (a.Status < http.StatusBadRequest || a.Status > maxStatus) || a.Took < -1 ||
				a.Took > maxTook {
				t.Errorf("got status %d after %s, want one that failed", a.Status, a.Took)
			}
			for line := range strings.Lines(diagnosis(a, known.Diagnose(a.Sign))) {
				if strings.ContainsFunc(
					strings.TrimSuffix(line, "\n"),
					func(r rune) bool { return !unicode.IsPrint(r) },
				) {
					t.Errorf("got %q, want nothing but text", line)
				}
				obeyed(t, "diagnose", line)
			}
		}
	})
}
