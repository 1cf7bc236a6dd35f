// Package ci holds what pipelines use, and the tests that keep the repository in shape.
package ci

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gatequake/gatequake/"

// arrow forbids an import: what is in or below Of, but for Except, must not import what is in or below Import, but for Allow; tests must not either when
// Tests is set.
type arrow struct {
	Of, Except []string
	Import     string
	Allow      []string
	Tests      bool
	Why        string
}

// leaves know nothing of experiments.
var leaves = []string{
	module + "harness/self", module + "harness/world", module + "harness/link", module + "harness/dns", module + "harness/firewall",
	module + "harness/upstream", module + "harness/client", module + "harness/load", module + "harness/gateway", module + "harness/home", module + "harness/survey", module + "harness/websocket", module + "harness/wording",
	module + "harness/strain", module + "harness/foreign", module + "harness/interrupt", module + "harness/yamldoc",
}

var arrows = []arrow{
	{Of: leaves, Import: module + "harness", Allow: leaves, Why: "arrows point one way: the dictionary uses the leaves"},
	{Of: []string{module}, Except: []string{module + "harness/spec", module + "scenarios"}, Import: "github.com/onsi/ginkgo/v2", Why: "Ginkgo is glue, and stays in spec and the suites"},
	{Of: []string{module}, Except: []string{module + "harness/spec", module + "scenarios"}, Import: "github.com/onsi/gomega", Why: "Gomega is glue, and stays in spec and the suites"},
	{Of: []string{module}, Except: []string{module + "harness/link"}, Import: "github.com/Shopify/toxiproxy/v2", Tests: true, Why: "one room knows Toxiproxy's quirks"},
	{Of: []string{module}, Except: []string{module + "harness/firewall"}, Import: "github.com/google/nftables", Tests: true, Why: "one room writes rules"},
	{Of: []string{module}, Except: []string{module + "harness/dns"}, Import: "github.com/miekg/dns", Tests: true, Why: "one room speaks DNS"},
	{Of: []string{module}, Except: []string{module + "harness/cli", module + "harness/cmd"}, Import: "github.com/spf13/cobra", Tests: true, Why: "one room reads flags"},
	{Of: []string{module}, Except: []string{module + "harness/load"}, Import: "github.com/tsenart/vegeta/v12", Tests: true, Why: "one room makes load"},
	{Of: []string{module}, Except: []string{module + "harness/browsertest"}, Import: "github.com/chromedp", Why: "a browser is for tests"},
	{Of: []string{module}, Import: module + "harness/browsertest", Why: "a browser is for tests"},
	{Of: []string{module + "harness"}, Except: []string{module + "harness/runner"}, Import: module + "harness/remedies", Why: "what is not a remedy knows them by the registry alone"},
	{Of: []string{module + "harness/report"}, Import: module + "harness/runner", Why: "reports are made of verdicts, wherever those come from"},
	{Of: []string{module + "harness"}, Import: module + "fixtures/mutants", Why: "a mutant in the product would be a gateway that lies"},
	{Of: []string{module + "harness"}, Import: module + "scenarios", Why: "scenarios use the harness"},
	{Of: []string{module}, Import: "testing", Except: []string{module + "harness/spec", module + "harness/gotest", module + "harness/world/worldtest"}, Why: "the product is no test binary"},
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestArrows(t *testing.T) {
	for _, p := range ours(t) {
		for _, a := range arrows {
			imports := p.Imports
			if a.Tests {
				imports = slices.Concat(p.Imports, p.TestImports, p.XTestImports)
			}
			for _, i := range imports {
				if a.forbids(p.ImportPath, i) {
					t.Errorf("%s imports %s: %s", p.ImportPath, i, a.Why)
				}
			}
		}
	}
}

func TestArrowsCanFail(t *testing.T) {
	for _, c := range []struct {
		of, imports string
		forbidden   bool
	}{
		{module + "harness/link", module + "harness", true},
		{module + "harness/upstream", module + "harness/self", false},
		{module + "harness/faults", "github.com/Shopify/toxiproxy/v2/toxics", true},
		{module + "harness/cli", module + "fixtures/mutants", true},
		{module + "harness/runner", "github.com/onsi/gomega/types", true},
		{module + "harness/report", "github.com/chromedp/chromedp", true},
		{module + "harness/report", module + "harness/browsertest", true},
		{module + "harness/cli", module + "harness/remedies", true},
		{module + "scenarios/causes", "github.com/onsi/gomega", false},
	} {
		got := slices.ContainsFunc(arrows, func(a arrow) bool { return a.forbids(c.of, c.imports) })
		if got != c.forbidden {
			t.Errorf("%s imports %s: got forbidden %t, want %t", c.of, c.imports, got, c.forbidden)
		}
	}
}

func (a arrow) forbids(of, imports string) bool {
	return below(of, a.Of) && !below(of, a.Except) && below(imports, []string{a.Import}) && !below(imports, a.Allow)
}

func below(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool {
		return path == strings.TrimSuffix(r, "/") || strings.HasPrefix(path, strings.TrimSuffix(r, "/")+"/")
	})
}

func ours(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	all := []pkg{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatalf("list packages: %v", err)
		}
		all = append(all, p)
	}
}
