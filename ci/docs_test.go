package ci

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"

	_ "github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/policy"
)

// the registries are what the tables are made of

const readme = "../README.md"

var update = flag.Bool("update", false, "write the README's tables anew")

// TestDocs holds the README's generated tables to the registries.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	want := between(t, string(text), "faults", tables())
	want = between(t, want, "home", streets())
	want = between(t, want, "claims", claimsTable(t))
	want = between(t, want, "matrix", shortMatrix(t))
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("the README's tables differ from the registries; run make docs")
	}
}

// between returns text with what stands between the markers of name replaced.
func between(t *testing.T, text, name, content string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: no markers %q and %q", readme, begin, end)
	}
	return before + begin + content + end + after
}

func tables() string {
	var b strings.Builder
	cause := cause.Cause("")
	for _, f := range catalog.Faults() {
		if f.Cause != cause {
			cause = f.Cause
			fmt.Fprintf(&b, "\n**%s**\n\n| ID | when | RFC 9209 | document | rfc9209 |\n| --- | --- | --- | --- | --- |\n", cause)
		}
		recommended := "–"
		if f.Type != "" {
			recommended = fmt.Sprint(f.Type.Recommended())
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.ID, f.Title, f.Type, policy.Document().Expect(f.Experiment().Record()), recommended)
	}
	b.WriteString("\n**block**: 403 by the gateway, with the upstream never asked; each with the upstream healthy, refusing and silent\n\n| ID | for |\n| --- | --- |\n")
	for _, block := range catalog.Blocks() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", block.ID, block.Title)
	}
	b.WriteString("\n")
	return b.String()
}
