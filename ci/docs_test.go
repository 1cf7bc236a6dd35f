package ci

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/check"
	_ "github.com/gatequake/gatequake/harness/faults" // the registries are what the tables are made of
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	_ "github.com/gatequake/gatequake/harness/remedies"
)

// The pages that people read; the tests of this package hold what they say.
const (
	readme       = "../README.md"
	gatewaysPage = "../fixtures/gateways/README.md"
	ownPage      = "../fixtures/edge/README.md"
	claimsPage   = "../scenarios/README.md"
	catalogue    = "../scenarios/CATALOGUE.md"
	harnessPage  = "../harness/README.md"
	pipelines    = "README.md"
)

// allPages are all of them.
var allPages = []string{readme, gatewaysPage, ownPage, claimsPage, catalogue, harnessPage, pipelines}

var update = flag.Bool("update", false, "write the generated tables anew")

// generated are the tables that are made of the registries and the committed results: on which page, between which
// marks, and how.
var generated = []struct {
	page, mark string
	table      func(*testing.T) string
}{
	{readme, "matrix", func(t *testing.T) string { return shortMatrix(t, fewRows, fewGateways) }},
	{gatewaysPage, "matrix", func(t *testing.T) string { return shortMatrix(t, rows, nil) }},
	{gatewaysPage, "gateways", gatewaysTable},
	{claimsPage, "claims", claimsTable},
	{catalogue, "faults", faultsTable},
	{catalogue, "blocks", blocksTable},
	{catalogue, "checks", checksTable},
	{catalogue, "remedies", remediesTable},
	{catalogue, "home", func(*testing.T) string { return streets() }},
}

// TestDocs holds the generated tables to what they are made of.
func TestDocs(t *testing.T) {
	t.Parallel()
	for _, g := range generated {
		text, err := os.ReadFile(g.page)
		if err != nil {
			t.Fatal(err)
		}
		want := between(t, g.page, string(text), g.mark, g.table(t))
		if *update {
			if err := os.WriteFile(g.page, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if string(text) != want {
			t.Errorf("%s: the table %q differs from what it is made of; run make docs", g.page, g.mark)
		}
	}
}

// between returns the page's text with what stands between the marks of that name replaced.
func between(t *testing.T, page, text, name, content string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: no marks %q and %q", page, begin, end)
	}
	return before + begin + content + end + after
}

func faultsTable(*testing.T) string {
	var b strings.Builder
	cause := cause.Cause("")
	for _, f := range catalog.Faults() {
		if f.Cause != cause {
			cause = f.Cause
			fmt.Fprintf(&b, "\n**%s**\n\n", cause)
			b.WriteString("| ID | when | RFC 9209 | document | rfc9209 |\n| --- | --- | --- | --- | --- |\n")
		}
		recommended := "–"
		if f.Type != "" {
			recommended = fmt.Sprint(f.Type.Recommended())
		}
		document := policy.Document().Expect(f.Experiment().Record())
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.ID, f.Title, f.Type, document, recommended)
	}
	return b.String() + "\n"
}

func blocksTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("\n| ID | for |\n| --- | --- |\n")
	for _, block := range catalog.Blocks() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", block.ID, block.Title)
	}
	return b.String() + "\n"
}

func checksTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("\n| ID | passes if | if it fails |\n| --- | --- | --- |\n")
	for _, c := range check.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.ID, c.Promise, c.Harm)
	}
	return b.String() + "\n"
}

func remediesTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("\n| ID | somebody | what it is |\n| --- | --- | --- |\n")
	for _, r := range catalog.Remedies() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.ID, r.Title, r.What)
	}
	return b.String() + "\n"
}

// gatewaysTable has a row for each known gateway.
func gatewaysTable(t *testing.T) string {
	t.Helper()
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n| gateway | is | to get it |\n| --- | --- | --- |\n")
	for _, d := range all {
		fmt.Fprintf(&b, "| [`%s`](%s) | %s | %s |\n", d.Name, d.Name, d.About, d.Install)
	}
	return b.String() + "\n"
}
