package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// results writes the results of a run of the built-in gateway and returns their file.
func results(t *testing.T, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	gatequake(append([]string{"run", "--gateway", "builtin", "--report", dir}, args...)...).is(t, statusHolds)
	return filepath.Join(dir, "results.json")
}

// changed writes the file's results with some of their words changed, and returns where.
func changed(t *testing.T, file, from, to string) string {
	t.Helper()
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(doc, []byte(from)) {
		t.Fatalf("got no %q in %s, want some to change", from, file)
	}
	other := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(other, bytes.ReplaceAll(doc, []byte(from), []byte(to)), 0o644); err != nil {
		t.Fatal(err)
	}
	return other
}

func TestDiff(t *testing.T) {
	old := results(t, "--only", "refused@cold,garbage", "--setting", "document")
	worse := changed(t, old, `"verdict": "pass"`, `"verdict": "fail"`)
	gatequake("diff", old, old).is(t, statusHolds, "0 worse · 0 better")
	gatequake(
		"diff",
		old,
		worse,
	).is(
		t,
		statusFails,
		"refused@cold on builtin, document",
		"was pass: 502 by gateway",
		"is  fail: 502 by gateway",
		"5 worse",
		"gatequake run --gateway builtin --setting document --only garbage",
	)
	gatequake("diff", worse, old).is(t, statusHolds, "0 worse · 5 better")
	gatequake("diff", old, changed(t, old, `"garbage"`, `"rubbish"`)).is(t, statusHolds, "1 appeared · 1 vanished")
	gatequake(
		"diff",
		old,
		changed(t, old, `"observed": "502 by gateway"`, `"observed": "503 by gateway"`),
	).is(
		t,
		statusHolds,
		"5 other",
	)
	gatequake("diff", old).is(t, statusUsage, "got 1 arguments, want two results.json, the old one first")
	gatequake("diff", old, "nowhere.json").is(t, statusUsage, "nowhere.json: no such file or directory")
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	old := results(t, "--only", "refused@cold", "--setting", "document")
	worse := changed(t, old, `"verdict": "pass"`, `"verdict": "fail"`)
	markdown := []string{"report", "--format", "markdown"}
	gatequake(append(markdown, old)...).is(t, statusHolds, "### Gatequake", " 0 fail")
	gatequake(append(markdown, worse, "--baseline", old)...).is(t, statusHolds, "| ✗ | `builtin ", "1 worse",
		"| worse | `refused@cold on builtin, document` | `pass: 502 by gateway")
	gatequake(append(markdown, old, "--baseline", "nowhere.json")...).
		is(t, statusUsage, "--baseline: nowhere.json: no such file or directory")
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	good := results(t, "--only", "refused@cold,garbage", "--setting", "document")
	bad := changed(t, good, `"verdict": "pass"`, `"verdict": "fail"`)
	run := []string{
		"run",
		"--gateway",
		"builtin",
		"--setting",
		"document",
		"--only",
		"garbage",
		"--report",
		t.TempDir(),
		"--baseline",
	}
	gatequake(append(run, bad)...).is(t, statusHolds, "4 better · 0 other · 0 slower · 0 appeared · 0 vanished")
	// A gateway that fails as it did before is no reason for a red run; one that fails anew is.
	fails := []string{
		"run",
		"--gateways",
		"testdata/gateways",
		"--gateway",
		"mortal",
		"--only",
		"reset-on-accept",
		"--report",
		t.TempDir(),
	}
	gatequake(fails...).is(t, statusFails, "1 fail")
	again := filepath.Join(fails[len(fails)-1], "results.json")
	before := filepath.Join(t.TempDir(), "results.json")
	if err := os.Rename(again, before); err != nil {
		t.Fatal(err)
	}
	gatequake(append(fails, "--baseline", before)...).is(t, statusHolds, "1 fail", "0 worse")
	gatequake(append(fails, "--baseline", good)...).is(t, statusFails, "1 worse", "was nothing")
	gatequake(
		append(run, "nowhere.json")...).is(
		t,
		statusUsage,
		"--baseline: nowhere.json: no such file or directory",
	)
}

func TestShardsMakeAWhole(t *testing.T) {
	t.Parallel()
	what, files := []string{"--only", "refused,garbage,error-500", "--setting", "document"}, []string{}
	for i := 1; i <= 3; i++ {
		files = append(files, results(t, append(what, "--shard", fmt.Sprintf("%d/3", i))...))
	}
	dir := t.TempDir()
	merged := append([]string{"report", "--report", dir}, files...)
	gatequake(merged...).is(t, statusHolds, "0 fail")
	gatequake(
		"diff",
		results(t, what...),
		filepath.Join(dir, "results.json"),
	).is(
		t,
		statusHolds,
		"0 worse · 0 better · 0 other",
		"0 appeared · 0 vanished",
	)
	gatequake("report", "--report", dir, files[0], files[2]).is(t, statusUsage, "got no shard 2/3")
	gatequake("report", "--report", dir, files[0], files[0]).is(t, statusUsage, "got shard 1/3 twice")
	gatequake(
		"report",
		"--report",
		dir,
		files[0],
		results(t, append(what, "--shard", "2/2")...),
	).is(
		t,
		statusUsage,
		"want one of the same run",
	)
	gatequake("report", "--report", dir, files[0], results(t, what...)).is(t, statusUsage, "got results of no shard")
	// One shard alone is not the run, which may be red; it can be looked at.
	gatequake("report", "--report", dir, files[0]).is(t, statusUsage, "got no shard 2/3")
	gatequake("report", "--format", "console", files[0]).is(t, statusHolds, "0 fail")
	lone := []string{"--only", "refused@cold", "--setting", "document"} // Less than there are shards.
	gatequake(
		"report",
		"--report",
		dir,
		results(t, append(lone, "--shard", "1/2")...),
		results(t, append(lone, "--shard", "2/2")...),
	).is(
		t,
		statusHolds,
		"1 experiment in",
	)
	for _, wrong := range []string{"0/3", "4/3", "1", "a/b"} {
		gatequake("run", "--shard", wrong).is(t, statusUsage, fmt.Sprintf("got %q, want I/N", wrong))
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	file := results(t, "--only", "garbage")
	gatequake(
		"replay",
		file+"#garbage",
	).is(
		t,
		statusHolds,
		"document: again pass: 502 by gateway",
		"stock: again pass: 502 by gateway",
	)
	other := changed(t, file, `"observed": "502 by gateway"`, `"observed": "504 by gateway"`)
	gatequake(
		"replay",
		other+"#garbage",
		"--setting",
		"document",
	).is(
		t,
		statusFails,
		"document: not again",
		"was pass: 504 by gateway",
		"is  pass: 502 by gateway",
	)
	// A policy of one's own is named again: results do not say which files are read.
	own := filepath.Join(t.TempDir(), "ours.yaml")
	if err := os.WriteFile(own, []byte("name: ours\ndefault: 502\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	under := results(t, "--only", "garbage", "--setting", "document", "--policy", own)
	gatequake(
		"replay",
		under+"#garbage",
	).is(
		t,
		statusUsage,
		`was run under the policy "ours", want one of document, rfc9209, or its file as --policy`,
	)
	gatequake("replay", under+"#garbage", "--policy", own).is(t, statusHolds, "document: again pass: 502 by gateway")
	gatequake("replay", file+"#garbarge").is(t, statusUsage, "did you mean garbage?")
	gatequake(
		"replay",
		file+"#garbage",
		"--setting",
		"none",
	).is(
		t,
		statusUsage,
		"has no garbage on --gateway  in --setting none",
	)
	gatequake("replay", file).is(t, statusUsage, "want FILE#ID")
}

func TestGitHubActionsIsTold(t *testing.T) {
	summary := filepath.Join(t.TempDir(), "summary.md")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	gatequake(
		"run",
		"--gateways",
		"testdata/gateways",
		"--gateway",
		"mortal",
		"--only",
		"reset-on-accept",
		"--report",
		t.TempDir(),
	).
		is(
			t,
			statusFails,
			"::error title=reset-on-accept on mortal 1.2.3 document::gateway-alive: got exit status 7",
		)
	good := results(t, "--only", "refused@cold", "--setting", "document")
	gatequake("diff", good, changed(t, good, `"verdict": "pass"`, `"verdict": "fail"`)).is(t, statusFails)
	got, err := os.ReadFile(summary)
	if err != nil ||
		!bytes.Contains(
			got,
			[]byte("| ✗ | `mortal 1.2.3 document` | `reset-on-accept` | `gateway-alive: got exit status 7"),
		) {
		t.Errorf("got the summary %s (%v), want the broken promise in it", got, err)
	}
	if !bytes.Contains(got, []byte("| worse | `refused@cold on builtin, document` |")) {
		t.Errorf("got the summary %s, want what got worse in it", got)
	}
}
