package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// readers are the commands that read results; BAD stands for the file that they shall not take, GOOD for one that
// they would.
var readers = []string{
	"report BAD --format matrix", "report GOOD --format markdown --baseline BAD", "diff BAD GOOD", "diff GOOD BAD",
	"report GOOD BAD --report DIR", "replay BAD#refused", "report BAD --report DIR",
	"run --gateway builtin --only refused@cold --report DIR --baseline BAD",
}

// edited returns results with some of their values changed.
func edited(t *testing.T, doc []byte, edit func(run map[string]any, experiment map[string]any)) []byte {
	t.Helper()
	var run map[string]any
	if err := json.Unmarshal(doc, &run); err != nil {
		t.Fatal(err)
	}
	edit(run, run["experiments"].([]any)[0].(map[string]any))
	out, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBadResultsAreOneLineAndStatus64(t *testing.T) {
	t.Parallel()
	good := results(t, "--only", "refused@cold", "--setting", "document")
	doc, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("\x1b[31m\xff\n", 1<<17) // 1 MiB, and JSON makes more of it.
	set := func(key string, value any) []byte {
		return edited(t, doc, func(run, _ map[string]any) { run[key] = value })
	}
	with := func(key string, value any) []byte {
		return edited(t, doc, func(_, e map[string]any) { e[key] = value })
	}
	for name, c := range map[string]struct {
		doc  []byte
		want string
	}{
		"nothing": {nil, "they are cut off: EOF"},
		"cut off": {doc[:len(doc)/2], "they are cut off"},
		"no JSON": {[]byte("\x7fELF\x02"), "invalid character"},
		"another schema": {
			set("schema", "gatequake/results/1"), `schema: got "gatequake/results/1", want "gatequake/results/2"`,
		},
		"no results":        {[]byte(`{"openapi": "3.1.0"}`), `schema: got "", want`},
		"null":              {[]byte("null"), `schema: got "", want`},
		"a list":            {[]byte("[1, 2]"), "cannot unmarshal array"},
		"two":               {append(doc, doc...), `got "{\n  \"schema\": `},
		"deep":              {[]byte(strings.Repeat("[", 1<<20)), "exceeded max depth"},
		"a long schema":     {set("schema", long), "schema: got "},
		"a long name":       {set("tool", long), "bytes beside the experiments, want at most"},
		"a long time":       {with("started", long), "experiment 1: "},
		"a long log line":   {with("log", []string{long, long, long, long}), "experiment 1: got "},
		"a number for text": {with("reason", 5), "experiment 1: json: cannot unmarshal number"},
		"no ID":             {with("id", ""), `experiment 1: got id "", gateway "builtin"`},
		"no such world": {
			with("world", "moon"), `experiment 1: world: got "moon", want root, user, portable or elsewhere`,
		},
		"an experiment that is nothing": {edited(t, doc, func(run, _ map[string]any) {
			run["experiments"] = []any{nil}
		}), `experiment 1: got id ""`},
		"one twice": {edited(t, doc, func(run, e map[string]any) {
			run["experiments"] = []any{e, e}
		}), "experiment 2: got refused@cold on builtin, document twice"},
		"too many": {edited(t, doc, func(run, _ map[string]any) {
			all := []any{}
			for i := range 5000 {
				all = append(all, map[string]string{"id": fmt.Sprint(i), "gateway": "g", "setting": "s"})
			}
			run["experiments"] = all
		}), "got 4097 experiments on 1 gateways and settings, want at most 4096"},
	} {
		t.Run(name, func(t *testing.T) {
			bad, dir := filepath.Join(t.TempDir(), "results.json"), t.TempDir()
			if err := os.WriteFile(bad, c.doc, 0o644); err != nil {
				t.Fatal(err)
			}
			for _, args := range readers {
				refused(
					t,
					gatequake(
						strings.Fields(strings.NewReplacer("BAD", bad, "GOOD", good, "DIR", dir).Replace(args))...),
					args,
					c.want,
				)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("got %v (%v) in the report folder, want nothing", left, err)
			}
		})
	}
}

// refused fails the test unless the outcome is one harmless line that is not too long.
func refused(t *testing.T, o outcome, args, want string) {
	t.Helper()
	line := strings.TrimSuffix(o.err, "\n")
	odd := strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) })
	if o.status != statusUsage || o.out != "" || odd || len(line) > 4*longest ||
		!strings.Contains(line, strings.ReplaceAll(want, "\x1b", `\x1b`)) {
		t.Errorf(
			"%s: got status %d, output %.200q, and an error of %d bytes, %.400q; want 64 and one line with %q",
			args,
			o.status,
			o.out,
			len(line),
			line,
			want,
		)
	}
}

func TestHostileResultsAreShownHarmless(t *testing.T) {
	t.Parallel()
	good := results(t, "--only", "refused@cold", "--setting", "document")
	doc, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	const hostile = "::error::x\x1b[2J\n<script>alert(1)</script>\u202e|` ##[command]x ##vso[y]"
	bad := filepath.Join(t.TempDir(), "results.json")
	doc = edited(t, doc, func(run, e map[string]any) {
		for _, key := range []string{
			"id", "title", "gateway", "version", "setting", "policy", "expected", "observed", "reason", "evidence", "replay",
		} {
			e[key] = hostile
		}
		e["verdict"], e["log"], run["tool"] = "fail", []string{hostile, strings.Repeat("x", 2<<20)}, hostile
		run["not_installed"] = []any{map[string]string{"gateway": hostile, "install": hostile}}
	})
	if err := os.WriteFile(bad, []byte(strings.ReplaceAll(string(doc), "alert(1)", "\xff")), 0o644); err != nil {
		t.Fatal(err)
	}
	for args, status := range map[string]int{
		"report BAD --format matrix": statusHolds, "report BAD --format markdown --baseline GOOD": statusHolds,
		"diff GOOD BAD":  statusFails,
		"report BAD BAD": statusUsage, "replay BAD#refused": statusUsage,
		"report BAD --report DIR": statusFails, "report BAD --format cells": statusHolds,
		"report BAD --format json": statusHolds,
	} {
		o := gatequake(
			strings.Fields(strings.NewReplacer("BAD", bad, "GOOD", good, "DIR", t.TempDir()).Replace(args))...)
		o.is(t, status)
		if all := o.out + o.err; strings.ContainsFunc(
			all,
			func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) },
		) ||
			len(all) > 1<<20 && !strings.HasSuffix(args, " json") {
			t.Errorf("%s: got %d bytes, %.2000q, want nothing but text", args, len(all), all)
		}
		obeyed(t, args, o.out+o.err)
	}
}

// commanding is what GitHub's runner and Azure's agent obey.
var commanding = regexp.MustCompile(`##[A-Za-z]*\[|^::[A-Za-z-]+(::| .*::)`)

// obeyed fails the test if a pipeline's machine would obey something in what a command printed.
func obeyed(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if commanding.MatchString(line) && !strings.HasPrefix(line, "::error title=") {
			t.Errorf("%s: got the line %.300q, which GitHub's runner or Azure's agent obeys", what, line)
		}
	}
}

// TestNothingThatAGatewaySaysIsObeyed lets a gateway log what a pipeline's machine would obey, and die.
func TestNothingThatAGatewaySaysIsObeyed(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(t.TempDir(), "summary"))
	for _, args := range []string{"--report DIR", "--report DIR --json"} {
		args = "run --gateway shouts --only refused@cold,reset-on-accept --gateways testdata/gateways-shouting " + strings.ReplaceAll(
			args,
			"DIR",
			t.TempDir(),
		)
		o := gatequake(strings.Fields(args)...)
		o.is(t, statusUnclear, "command]rm", "task.setvariable")
		obeyed(t, args, o.out+o.err)
	}
	summary, err := os.ReadFile(os.Getenv("GITHUB_STEP_SUMMARY"))
	if err != nil {
		t.Fatal(err)
	}
	obeyed(t, "the summary", string(summary))
}

func TestHostileArgumentIsEscaped(t *testing.T) {
	t.Parallel()
	o := gatequake("run", "--only", "\x1b[31mred\nfoo")
	o.is(t, statusUsage, `\x1b`)
	if strings.Contains(o.err, "\x1b") || strings.Count(o.err, "\n") != 1 {
		t.Errorf("got %q, want one harmless line", o.err)
	}
}
