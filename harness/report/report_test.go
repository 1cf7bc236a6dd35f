package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestJSON(t *testing.T) {
	doc, err := report.JSON(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "results.golden.json", doc)
	reporttest.Valid(t, doc)
	reporttest.Harmless(t, doc)
	var back struct {
		Experiments []struct {
			ID             string         `json:"id"`
			Result         verdict.Result `json:"verdict"`
			ObservedStatus int            `json:"observed_status"`
			AnsweredBy     string         `json:"answered_by"`
		}
	}
	if err := json.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(back.Experiments[8]), "{refused fail 200 gateway}"; got != want {
		t.Errorf("got %s, want %s: the POST that is wrong, not the GET that is right", got, want)
	}
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain – ✓":          "plain – ✓",
		"a\nb\tc":            `a\nb\tc`,
		"\xff\x00":           `\xff\x00`,
		"\u202e\u009b\u007f": `\u202e\u009b\x7f`,
		`"quoted\"`:          `"quoted\"`,
	} {
		if got := report.Safe(in); got != want {
			t.Errorf("Safe(%q): got %s, want %s", in, got, want)
		}
	}
}

func TestReadyRefusesAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if err := report.Ready(dir); err == nil {
			t.Errorf("Ready(%s): got nil, want an error", dir)
		}
	}
}

func TestReadReturnsWhatWasWritten(t *testing.T) {
	write := func(r report.Run) []byte {
		doc, err := report.JSON(r)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	read := func(doc []byte) report.Run {
		r, err := report.Read(doc, report.Catalogue{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	doc := write(read(write(reporttest.Sample()))) // What is no UTF-8 is replaced once.
	if again := write(read(doc)); !bytes.Equal(again, doc) {
		t.Error("got another report after reading it")
	}
	if got, want := read(doc).Counts(), reporttest.Sample().Counts(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := report.Read(
		bytes.Replace(doc, []byte(report.Schema), []byte("gatequake/results/0"), 1),
		report.Catalogue{},
	); err == nil ||
		!strings.Contains(err.Error(), `got "gatequake/results/0", want "`+report.Schema) {
		t.Errorf("got %v for another schema, want an error that names both", err)
	}
}

func TestCells(t *testing.T) {
	cells, err := report.Cells(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "cells.json", cells)
}

func TestJSONOfEverything(t *testing.T) {
	doc, err := report.JSON(reporttest.Charted(reporttest.Timed(reporttest.Judged(reporttest.Sample()))))
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Valid(t, doc)
}
