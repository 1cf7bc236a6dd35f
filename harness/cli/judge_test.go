package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
)

// TestStoredResultsAreJudgedAgain: under the same policy stored results come to what they came to; under another only
// what that says otherwise is another verdict; and the results that are read stay as they are.
func TestStoredResultsAreJudgedAgain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, report.ResultsFile)
	gatequake(
		"run",
		"--gateway",
		"builtin",
		"--setting",
		"document",
		"--only",
		"refused,frozen,ip-deny,slow-answer",
		"--report",
		dir,
	).
		is(
			t,
			statusHolds,
			"0 fail",
		)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	gatequake("judge", file, "--report", again).is(t, statusHolds, "0 worse · 0 better · 0 other", "0 fail")

	strict := filepath.Join(dir, "strict.yaml")
	if err := os.WriteFile(strict, []byte("name: strict\nexperiments: {slow-answer: 504}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for policy, want := range map[string][]string{
		"rfc9209": {"frozen on builtin, document", "2 worse", "2 fail"}, // It has 504 for an answer that does not come.
		strict:    {"slow-answer on builtin, document", "1 worse", "1 fail"},
	} {
		o := gatequake("judge", file, "--policy", policy, "--report", again)
		o.is(t, statusFails, want...)
		if strings.Contains(o.out+o.err, "ip-deny on builtin") {
			t.Errorf("%s: got that a block changed, want it a 403 under every policy", policy)
		}
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("got other results than before (%v), want them as they were", err)
	}
	gatequake("judge", filepath.Join(dir, "nothing.json")).is(t, statusUsage, "nothing.json")
	gatequake("judge", file, "--policy", "mild").is(t, statusUsage, `no policy, and no file, "mild"`)
}
