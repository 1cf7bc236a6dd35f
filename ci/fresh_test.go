package ci

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/report"
)

// made is how a table says which commit it was made with; row is how the row of an experiment begins.
var (
	made = regexp.MustCompile(`Measured on \S+ with Gatequake ([0-9a-f]{7,40}(-dirty)?) `)
	row  = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
)

// measured are the tables that long runs make: of which experiments, and by which target of the Makefile. Those of
// BALANCE.md are chosen there, and the page on prevention has loads for rows.
var measured = []struct {
	file, target string
	of           func() []catalog.Experiment
}{
	{"../fixtures/gateways/RESULTS.md", "matrix", catalog.Experiments},
	{"../fixtures/gateways/BALANCE.md", "balance", nil},
	{"../scenarios/remedies/RESULTS.md", "remedies", catalog.Trouble},
	{"../scenarios/questions/RECOVERY.md", "recovery", causes},
	{"../scenarios/prevention/RESULTS.md", "prevention", nil},
}

// older are the targets of tables that lack what came since, and that are still to be made anew. A table that is of
// today may not be among them.
var older = []string{"recovery"}

// causes are the experiments of make recovery: all whose cause is no block.
func causes() []catalog.Experiment {
	isBlock := func(e catalog.Experiment) bool { return e.Cause() == cause.Blocked }
	return slices.DeleteFunc(catalog.Experiments(), isBlock)
}

// TestTablesAreOfThisCatalogue fails when an experiment is not in a table, or one in a table is none any more; when a
// table does not say which commit it was made with; and when RESULTS.json has another form than today's.
func TestTablesAreOfThisCatalogue(t *testing.T) {
	t.Parallel()
	for _, m := range measured {
		text, err := os.ReadFile(m.file)
		if err != nil {
			t.Fatal(err)
		}
		there := []string{}
		for _, r := range row.FindAllStringSubmatch(string(text), -1) {
			there = append(there, r[1])
		}
		var of []catalog.Experiment
		if m.of != nil {
			of = m.of()
		}
		switch wrong, known := stale(string(text), there, of), slices.Contains(older, m.target); {
		case wrong != "" && known:
			t.Logf("%s: %s; still to be made anew: make %s", m.file, wrong, m.target)
		case wrong != "":
			t.Errorf("%s: %s; to make it anew: make %s", m.file, wrong, m.target)
		case known:
			t.Errorf("%s is of today; take %q out of older", m.file, m.target)
		}
	}
	kept := results(t)
	there := []string{}
	for _, c := range kept.Cells {
		there = append(there, c.ID)
	}
	said := fmt.Sprintf("Measured on %s with Gatequake %s in", kept.Started.Format("2006-01-02"), kept.Tool)
	if wrong := stale(said, there, catalog.Experiments()); wrong != "" {
		t.Errorf("../fixtures/gateways/RESULTS.json: %s; to make it anew: make matrix", wrong)
	}
	if kept.Schema != report.CellsSchema {
		t.Errorf("RESULTS.json: got schema %s, want %s; to make it anew: make matrix", kept.Schema, report.CellsSchema)
	}
}

// stale says what is not of today in a table that says so much of itself and is of the experiments that are there;
// of are those that it should have, if it should have all of some kind.
func stale(said string, there []string, of []catalog.Experiment) string {
	wrong, known := []string{}, map[string]bool{}
	for _, e := range catalog.Experiments() {
		known[e.ID] = true
	}
	if !made.MatchString(said) {
		wrong = append(wrong, "it does not say which commit it was made with")
	}
	gone := slices.DeleteFunc(slices.Clone(there), func(id string) bool { return known[id] })
	if slices.Sort(gone); len(gone) > 0 {
		wrong = append(wrong, "it has experiments that are none any more: "+strings.Join(slices.Compact(gone), ", "))
	}
	missing := []string{}
	for _, e := range of {
		if !slices.Contains(there, e.ID) {
			missing = append(missing, e.ID)
		}
	}
	if len(missing) > 0 {
		wrong = append(wrong, "it lacks "+strings.Join(missing, ", "))
	}
	return strings.Join(wrong, "; ")
}

// TestStaleTablesAreSeen has a table of today, and some that are not.
func TestStaleTablesAreSeen(t *testing.T) {
	t.Parallel()
	const said = "Measured on 2026-11-30 with Gatequake 0123abc in sealed worlds, as root."
	one, err := catalog.Find("refused")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		said, id, want string
	}{
		"of today":       {said, "refused", ""},
		"of a dirty one": {strings.Replace(said, "abc", "abc-dirty", 1), "refused", ""},
		"of no commit":   {strings.Replace(said, "0123abc", "(devel)", 1), "refused", "commit"},
		"one is missing": {said, "wrong-port", "it lacks refused"},
		"one is gone":    {said, "refused-by-nobody", "none any more: refused-by-nobody"},
	} {
		if got := stale(c.said, []string{c.id}, []catalog.Experiment{one}); (got == "") != (c.want == "") ||
			!strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, c.want)
		}
	}
}
