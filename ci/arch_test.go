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

// arrow forbids an import: what is in or below Of, but for Except, must not import what is in or below Import,
// but for Allow; tests must not either when Tests is set.
type arrow struct {
	Of, Except []string
	Import     string
	Allow      []string
	Tests      bool
	Why        string
}

// under returns the paths of packages of the harness.
func under(names ...string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = module + "harness/" + n
	}
	return all
}

// The floors of the house, the lowest first: a package imports those of its own floor and of the floors below.
var (
	// ground knows nothing of experiments.
	ground = under("self", "world", "link", "dns", "firewall", "upstream", "client", "gateway", "survey",
		"websocket", "wording", "strain", "foreign", "interrupt", "yamldoc", "stamp", "stats", "suggest", "cause",
		"proxystatus", "sockets", "message")
	// facts and conclusions, which need no world.
	judgement = under("record", "policy", "check", "verdict", "judge")
	// places are where experiments happen, and what happens there.
	places = under("site", "catalog", "gatewayfile", "loadtest", "clientnet", "faults", "remedies")
	// engine makes an experiment on a site, whichever it is.
	making = under("engine")
)

// floors are all that a floor may not import.
func floors() []arrow {
	all := []arrow{}
	below := slices.Clone(ground)
	for _, f := range [][]string{judgement, places, making} {
		all = append(all, arrow{
			Of: slices.Clone(below), Import: module + "harness",
			Allow: slices.Concat(below, exceptions), Why: "arrows point down",
		})
		below = append(below, f...)
	}
	return append(all, arrow{Of: below, Import: module + "harness", Allow: below, Why: "arrows point down"})
}

// exceptions are data that the ground carries for the floors above: a gateway's folder has its known deviations in it.
var exceptions = under("verdict", "record")

var arrows = append(floors(), []arrow{
	{
		Of: under("record", "check", "policy", "verdict"), Import: module + "harness/gateway",
		Why: "facts need no gateway to be judged",
	},
	{
		Of: under("engine", "judge", "check", "catalog", "faults"), Import: module + "harness/site/lab",
		Why: "only sites knows the kinds of gateway by name",
	},
	{
		Of: under("engine", "judge", "check", "catalog", "faults"), Import: module + "harness/site/own",
		Why: "only sites knows the kinds of gateway by name",
	},
	{
		Of: under("engine", "judge", "check", "catalog", "faults"), Import: module + "harness/site/remote",
		Why: "only sites knows the kinds of gateway by name",
	},
	{Of: under("engine", "site"), Import: module + "harness/check", Why: "what happened is not what is made of it"},
	{Of: under("engine", "site"), Import: module + "harness/judge", Why: "what happened is not what is made of it"},
	{
		Of: []string{module}, Except: []string{module + "harness/spec", module + "scenarios"},
		Import: "github.com/onsi/ginkgo/v2", Why: "Ginkgo is glue, and stays in spec and the suites",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/spec", module + "scenarios"},
		Import: "github.com/onsi/gomega", Why: "Gomega is glue, and stays in spec and the suites",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/link"}, Import: "github.com/Shopify/toxiproxy/v2",
		Tests: true, Why: "one room knows Toxiproxy's quirks",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/firewall"}, Import: "github.com/google/nftables",
		Tests: true, Why: "one room writes rules",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/dns"}, Import: "github.com/miekg/dns", Tests: true,
		Why: "one room speaks DNS",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/cli", module + "harness/cmd"},
		Import: "github.com/spf13/cobra", Tests: true, Why: "one room reads flags",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/loadtest"}, Import: "github.com/tsenart/vegeta/v12",
		Tests: true, Why: "one room makes load",
	},
	{
		Of: []string{module}, Except: []string{module + "harness/browsertest"}, Import: "github.com/chromedp",
		Why: "a browser is for tests",
	},
	{Of: []string{module}, Import: module + "harness/browsertest", Why: "a browser is for tests"},
	{
		Of: []string{module + "harness"}, Except: []string{module + "harness/runner"},
		Import: module + "harness/remedies",
		Why:    "what is not a remedy knows them by the registry alone",
	},
	{
		Of: []string{module + "harness/report"}, Import: module + "harness/runner",
		Why: "reports are made of verdicts, wherever those come from",
	},
	{
		Of: []string{module + "harness"}, Except: under("report/formats", "cli"),
		Import: module + "harness/report/formats", Why: "what is not a format knows them by the registry alone",
	},
	{
		Of: []string{module + "harness"}, Import: module + "fixtures/mutants",
		Why: "a mutant in the product would be a gateway that lies",
	},
	{Of: []string{module + "harness"}, Import: module + "scenarios", Why: "scenarios use the harness"},
	{
		Of: []string{module}, Import: "testing",
		Except: []string{
			module + "harness/spec", module + "harness/gotest", module + "harness/world/worldtest",
			module + "harness/report/reporttest",
		}, Why: "the product is no test binary",
	},
}...)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath                               string
	Imports, TestImports, XTestImports, Deps []string
}

func TestArrows(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	for _, c := range []struct {
		of, imports string
		forbidden   bool
	}{
		{module + "harness/link", module + "harness/record", false},
		{module + "harness/link", module + "harness/site", true},
		{module + "harness/check", module + "harness/catalog", true},
		{module + "harness/site/lab", module + "harness/engine", true},
		{module + "harness/catalog", module + "harness/engine", true},
		{module + "harness/engine", module + "harness/site/own", true},
		{module + "harness/engine", module + "harness/check", true},
		{module + "harness/engine", module + "harness/catalog", false},
		{module + "harness/upstream", module + "harness/self", false},
		{module + "harness/faults", "github.com/Shopify/toxiproxy/v2/toxics", true},
		{module + "harness/cli", module + "fixtures/mutants", true},
		{module + "harness/runner", "github.com/onsi/gomega/types", true},
		{module + "harness/report", "github.com/chromedp/chromedp", true},
		{module + "harness/report", module + "harness/browsertest", true},
		{module + "harness/cli", module + "harness/remedies", true},
		{module + "harness/report", module + "harness/report/formats", true},
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
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps",
		"./...")
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

// worldless are the packages that conclude from records and report conclusions, wherever those come from; machinery
// is what makes worlds, faults and loads, and measures them: whoever prints a table needs none of it.
var (
	worldless = append(slices.Clone(judgement), under("report")...)
	machinery = []string{
		"github.com/Shopify/toxiproxy", "github.com/google/nftables", "github.com/vishvananda/netlink",
		"github.com/tsenart/vegeta", "github.com/prometheus/prometheus", "github.com/prometheus/client_golang",
	}
	// tied are links that there still are, and why.
	tied = map[[2]string]string{
		{module + "harness/judge", "github.com/vishvananda/netlink"}: "it takes known deviations and hints from a " +
			"gateway.Definition, and package gateway starts gateways in worlds",
	}
)

// linked lists the machinery that the package links, itself or by what it imports.
func (p pkg) linked() []string {
	if !below(p.ImportPath, worldless) {
		return nil
	}
	all := []string{}
	for _, m := range machinery {
		if slices.ContainsFunc(p.Deps, func(d string) bool { return below(d, []string{m}) }) {
			all = append(all, m)
		}
	}
	return all
}

// TestReportsNeedNoMachinery fails also for a tie that is none any more.
func TestReportsNeedNoMachinery(t *testing.T) {
	t.Parallel()
	found := map[[2]string]bool{}
	for _, p := range ours(t) {
		for _, m := range p.linked() {
			tie := [2]string{p.ImportPath, m}
			if found[tie] = true; tied[tie] == "" {
				t.Errorf("%s links %s: what concludes and reports needs no world", p.ImportPath, m)
			}
		}
	}
	for tie := range tied {
		if !found[tie] {
			t.Errorf("%s does not link %s; take it out of tied", tie[0], tie[1])
		}
	}
}

func TestMachineryIsSeen(t *testing.T) {
	t.Parallel()
	deps := []string{"errors", "github.com/Shopify/toxiproxy/v2/toxics", "github.com/google/nftablesque"}
	for path, want := range map[string]int{
		"harness/report/html": 1, "harness/verdict": 1, "harness/link": 0,
		"harness/reporter": 0,
	} {
		if got := (pkg{ImportPath: module + path, Deps: deps}).linked(); len(got) != want {
			t.Errorf("%s: got %v, want %d", path, got, want)
		}
	}
}
