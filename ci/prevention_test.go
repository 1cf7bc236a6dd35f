package ci

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/loadtest"
)

// carried is a report entry of scenarios/prevention: see spec.Carried.
type carried struct {
	Gateway, Version, Setting string
	loadtest.Traffic
}

// suiteReport is what of Ginkgo's JSON report is read.
type suiteReport struct {
	StartTime   time.Time
	SpecReports []struct {
		ReportEntries []struct {
			Name  string
			Value struct{ AsJSON string }
		}
	}
}

// TestPreventionTable holds the page that is made of reports to the one that is kept beside them. With -update
// it writes scenarios/prevention/RESULTS.md too, of the reports that make prevention has Ginkgo write.
func TestPreventionTable(t *testing.T) {
	t.Parallel()
	const kept = "testdata/prevention/RESULTS.md"
	got := preventionPage(t, "testdata/prevention/*.json", "0123abc")
	if *update {
		write(t, kept, got)
		if measured := "../report/prevention/*.json"; len(match(t, measured)) > 0 {
			write(t, "../scenarios/prevention/RESULTS.md", preventionPage(t, measured, os.Getenv("GATEQUAKE_COMMIT")))
		}
	}
	want, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s\nTo write it anew: go test ./ci -run TestPreventionTable -update", got, want)
	}
}

func match(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// preventionPage is what scenarios/prevention/RESULTS.md says, made of Ginkgo's reports, which came of the commit.
func preventionPage(t *testing.T, pattern, commit string) string {
	t.Helper()
	all, when := []carried{}, time.Time{}
	for _, file := range match(t, pattern) {
		reports := []suiteReport{}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &reports)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, r := range reports {
			when = r.StartTime
			all = append(all, r.carried(t)...)
		}
	}
	return fmt.Sprintf("# What prevents 502s, and how much\n\nMeasured on %s with Gatequake %s by `make prevention`: "+
		"clients set out at a constant rate, whatever became of those before them. "+
		"Each cell is the share that was not served, with what they got, and how long 95 of 100 clients waited at "+
		"most. Every client has a connection of its own; what a gateway waits for it waits for a second, "+
		"or two.\n\n%s\n",
		when.Format("2006-01-02"), commit, preventionTable(all))
}

func (r suiteReport) carried(t *testing.T) (all []carried) {
	for _, s := range r.SpecReports {
		for _, e := range s.ReportEntries {
			if e.Name != "traffic" {
				continue
			}
			c := carried{}
			if err := json.Unmarshal([]byte(e.Value.AsJSON), &c); err != nil {
				t.Fatal(err)
			}
			if c.Name != "" {
				all = append(all, c)
			}
		}
	}
	return all
}

// preventionTable has a row for each load, in the order of their names, and a column for each gateway in a setting.
func preventionTable(all []carried) string {
	column := func(c carried) string { return c.Gateway + " " + c.Version + " " + c.Setting }
	columns, rows, cells := []string{}, []string{}, map[string]string{}
	for _, c := range all {
		columns, rows = append(columns, column(c)), append(rows, c.Name)
		cells[c.Name+"\x00"+column(c)] = cellOf(c.Traffic)
	}
	slices.Sort(columns)
	slices.Sort(rows)
	columns, rows = slices.Compact(columns), slices.Compact(rows)
	t := table.NewWriter()
	head := table.Row{"load"}
	for _, c := range columns {
		head = append(head, c)
	}
	t.AppendHeader(head)
	for _, r := range rows {
		line := table.Row{r}
		for _, c := range columns {
			cell, there := cells[r+"\x00"+c]
			if !there {
				cell = "·"
			}
			line = append(line, cell)
		}
		t.AppendRow(line)
	}
	return t.RenderMarkdown()
}

// cellOf is "70 % 502 by gateway; 1.0 s".
func cellOf(t loadtest.Traffic) string {
	lost := []string{}
	for _, what := range slices.Sorted(maps.Keys(t.Answers)) {
		if what != "200 by upstream" {
			lost = append(lost, fmt.Sprintf("%.0f %% %s", 100*t.Share(t.Answers[what]), what))
		}
	}
	if len(lost) == 0 {
		lost = []string{"0 %"}
	}
	return fmt.Sprintf("%s; %s", strings.Join(lost, ", "), (time.Duration(t.P95) * time.Millisecond).String())
}
