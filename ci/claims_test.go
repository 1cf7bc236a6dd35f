package ci

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/wording"
)

// claim is one sentence of the article, and what it is held against.
type claim struct {
	Claim string
	// One of these:
	Causes []cause.Cause
	Blocks bool
	Apart  bool // whether any cause was answered as a block, or any block as a cause
	Pages  bool // whether the pages of blocks say so, and those of causes do not
	Suite  *suite
}

// suite is where specs prove what was found.
type suite struct{ In, Label, Found, Because string }

func (s *suite) found() string {
	if s.Found == holdsOnlyIf {
		return "*" + s.Found + "* " + s.Because
	}
	return "*" + s.Found + "*: " + s.Because
}

// What a claim can come to.
const (
	holds       = "holds"
	holdsOnlyIf = "holds only if"
	doesNot     = "does not hold"
)

func claims(t *testing.T) (all []claim) {
	t.Helper()
	text, err := os.ReadFile("../scenarios/claims.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// claimsTable is the table of scenarios/README.md: a row for each claim.
func claimsTable(t *testing.T) string {
	t.Helper()
	cells := results(t).Cells
	var b strings.Builder
	b.WriteString("\n| the article's claim | experiments | what was found |\n| --- | --- | --- |\n")
	for _, c := range claims(t) {
		experiments, found := c.held(t, cells)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Claim, experiments, found)
	}
	return b.String() + "\n"
}

// held returns what the claim was held against, and what came of it.
func (c claim) held(t *testing.T, cells []report.Cell) (experiments, found string) {
	t.Helper()
	switch {
	case c.Suite != nil:
		if !slices.Contains([]string{holds, holdsOnlyIf, doesNot}, c.Suite.Found) {
			t.Fatalf("claim %q: got %q, want %s, %s or %s", c.Claim, c.Suite.Found, holds, holdsOnlyIf, doesNot)
		}
		return fmt.Sprintf("[%s](%s): `%s`", c.Suite.In, c.Suite.In, c.Suite.Label), c.Suite.found()
	case c.Apart:
		return apart(cells)
	case c.Pages:
		return pages(cells)
	case c.Blocks:
		return share(cells, http.StatusForbidden, func(e catalog.Experiment) bool {
			return e.Block != nil && e.Block.Control == nil
		})
	case len(c.Causes) > 0:
		return share(cells, http.StatusBadGateway, func(e catalog.Experiment) bool {
			return e.Block == nil && e.State != site.Balanced && mustBe502(e.Fault) &&
				slices.Contains(c.Causes, e.Cause())
		})
	}
	t.Fatalf("claim %q: got nothing that it is held against", c.Claim)
	return "", ""
}

// mustBe502 leaves out what is no fault, what strikes when the status is on its way, and what the standards let
// a gateway make good.
func mustBe502(f *catalog.Fault) bool { return f.Control == nil && !f.AfterHead && f.Tolerated == nil }

// tally counts answers by what they were.
type tally map[string]int

func (t tally) sum() (n int) {
	for _, m := range t {
		n += m
	}
	return n
}

// rest says what the other answers were, the most frequent first.
func (t tally) rest(but string) string {
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(t)), func(k string) bool { return k == but })
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%d × %s", t[k], k)
	}
	return strings.Join(keys, ", ")
}

// share tells how many of the answers in each setting have the status and are the gateway's own.
func share(cells []report.Cell, status int, of func(catalog.Experiment) bool) (experiments, found string) {
	ids, gateways, answers := map[string]bool{}, map[string]bool{}, map[string]tally{}
	for _, c := range cells {
		e, err := catalog.Find(c.ID)
		if err != nil || c.Seen == nil || !of(e) {
			continue
		}
		ids[c.ID], gateways[c.Gateway] = true, true
		if answers[c.Setting] == nil {
			answers[c.Setting] = tally{}
		}
		answers[c.Setting][seenAs(c.Seen)]++
	}
	key := fmt.Sprint(status)
	stock, document := answers["stock"], answers["document"]
	experiments = fmt.Sprintf("%d on %d gateways, in two settings", len(ids), len(gateways))
	verdict := doesNot
	switch {
	case stock[key] == stock.sum() && document[key] == document.sum():
		return experiments, fmt.Sprintf("*%s*: always a %s", holds, key)
	case document[key]*10 >= document.sum()*9:
		verdict = holdsOnlyIf
	}
	if verdict == holdsOnlyIf {
		verdict += "* the gateway is told so"
	} else {
		verdict += "*"
	}
	return experiments, fmt.Sprintf("*%s: as shipped %s; told so %s", verdict, stock.as(key), document.as(key))
}

// as says how many have the key, and what the others are.
func (t tally) as(key string) string {
	s := fmt.Sprintf("%d of %d answers are a %s", t[key], t.sum(), key)
	if rest := t.rest(key); rest != "" {
		s += " (" + rest + ")"
	}
	return s
}

// seenAs says what a client saw, in a word.
func seenAs(s *report.Seen) string {
	switch {
	case s.Status == 0:
		return "no answer"
	case s.By == record.ByGateway:
		return fmt.Sprint(s.Status)
	}
	return fmt.Sprintf("%d of the upstream", s.Status)
}

// apart tells whether a gateway ever answered a cause as a block, or a block as a cause.
func apart(cells []report.Cell) (experiments, found string) {
	n, settings, wrong := 0, map[string]bool{}, map[string]map[string]bool{}
	for _, c := range cells {
		e, err := catalog.Find(c.ID)
		if err != nil || c.Seen == nil || c.Seen.By != record.ByGateway || e.Block != nil && e.Block.Control != nil {
			continue
		}
		n++
		if blocked := e.Block != nil; blocked && c.Seen.Status == http.StatusBadGateway ||
			!blocked && c.Seen.Status == http.StatusForbidden {
			if wrong[e.Base()] == nil {
				wrong[e.Base()] = map[string]bool{}
			}
			wrong[e.Base()][c.Gateway], settings[c.Setting] = true, true
		}
	}
	experiments = fmt.Sprintf("%d answers of gateways", n)
	if len(wrong) == 0 {
		return experiments, "*" + holds + "*"
	}
	those := []string{}
	for _, id := range slices.Sorted(maps.Keys(wrong)) {
		those = append(those, fmt.Sprintf("`%s` (%s)", id, strings.Join(slices.Sorted(maps.Keys(wrong[id])), ", ")))
	}
	return experiments, fmt.Sprintf("*%s* the gateway keeps them apart; in the setting %s some do not: %s", holdsOnlyIf,
		strings.Join(slices.Sorted(maps.Keys(settings)), " and "), strings.Join(those, ", "))
}

// pages tells how many refusals have a page that says so, and how many pages of causes say so too.
func pages(cells []report.Cell) (experiments, found string) {
	n, answers, misled := 0, map[string]tally{"stock": {}, "document": {}}, 0
	for _, c := range cells {
		e, err := catalog.Find(c.ID)
		if err != nil || c.Seen == nil || c.Seen.By != record.ByGateway {
			continue
		}
		switch {
		case e.Block != nil && c.Seen.Status == http.StatusForbidden:
			n++
			answers[c.Setting][cmp.Or(string(c.Seen.Page), "silent")]++
		case e.Block == nil:
			n++
			if c.Seen.Page == wording.Denied {
				misled++
			}
		}
	}
	stock, document, key := answers["stock"], answers["document"], string(wording.Denied)
	found = fmt.Sprintf("as shipped %d of %d pages of a 403 say so, told so %d of %d; %d of the %d pages of a cause do",
		stock[key], stock.sum(), document[key], document.sum(), misled, n-stock.sum()-document.sum())
	switch {
	case misled > 0 || document[key] < document.sum():
		found = "*" + doesNot + "*: " + found
	case stock[key] < stock.sum():
		found = "*" + holdsOnlyIf + "* the gateway has such a page: " + found
	default:
		found = "*" + holds + "*: " + found
	}
	return fmt.Sprintf("%d answers of gateways", n), found
}

// TestClaimsHaveSpecs finds at least one spec with the label of each claim that a suite proves.
func TestClaimsHaveSpecs(t *testing.T) {
	t.Parallel()
	labels := map[string][]string{}
	for _, c := range claims(t) {
		if c.Suite == nil {
			continue
		}
		if labels[c.Suite.In] == nil {
			labels[c.Suite.In] = labelsOf(t, c.Suite.In)
		}
		if !slices.Contains(labels[c.Suite.In], c.Suite.Label) {
			t.Errorf("claim %q: no spec of scenarios/%s has the label %q", c.Claim, c.Suite.In, c.Suite.Label)
		}
	}
}

// labelsOf lists the labels of the suite's specs; none is run.
func labelsOf(t *testing.T, suite string) (labels []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	out, err := exec.CommandContext(t.Context(), "go", "test", "../scenarios/"+suite, "-ginkgo.dry-run",
		"-ginkgo.json-report="+file).CombinedOutput()
	if err != nil {
		t.Fatalf("list the specs of scenarios/%s: %v: %s", suite, err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reports := []types.Report{}
	if err := json.Unmarshal(text, &reports); err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		for _, s := range r.SpecReports {
			labels = append(labels, s.Labels()...)
		}
	}
	return labels
}
