package ci

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/report"
)

// rows are what the page of the gateways shows of the matrix: a row or two of each cause, a control, and a block.
var rows = []string{
	"accept-queue-full", "silent-after-accept", "refused", "dns-nxdomain", "firewall-drop", "certificate-expired",
	"garbage", "short-chunked", "error-500", "ip-deny+refused",
}

// fewRows and fewGateways are what the README shows of it.
var (
	fewRows = []string{
		"refused", "silent-after-accept", "dns-nxdomain", "certificate-expired", "short-chunked", "error-500",
		"ip-deny+refused",
	}
	fewGateways = []string{"apache", "builtin", "envoy", "haproxy", "nginx"}
)

// results is the committed matrix.
func results(t *testing.T) report.Kept {
	t.Helper()
	text, err := os.ReadFile("../fixtures/gateways/RESULTS.json")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := report.ReadCells(text)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// shortMatrix is a part of the matrix: some of its rows, with a column for each of the gateways (nil for all),
// and in each cell what clients saw in the setting stock, and then in document.
func shortMatrix(t *testing.T, rows, gateways []string) string {
	t.Helper()
	versions, want, seen := map[string]string{}, map[string]string{}, map[string]string{}
	plain := strings.NewReplacer(" by gateway", "", " by upstream", "")
	for _, v := range report.OfCells(results(t), report.Catalogue{}).Verdicts {
		versions[v.Gateway], want[v.ID] = v.Version, plain.Replace(v.Expected)
		seen[v.Gateway+" "+v.Setting+" "+v.ID] = cmp.Or(report.Word(v), "–")
	}
	if gateways == nil {
		gateways = slices.Sorted(maps.Keys(versions))
	}
	var b strings.Builder
	b.WriteString("\n| when | want |")
	for _, g := range gateways {
		fmt.Fprintf(&b, " %s %s |", g, versions[g])
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(gateways)+1) + "\n")
	for _, id := range rows {
		e, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "| `%s`: %s | %s |", id, e.Title(), want[id])
		for _, g := range gateways {
			stock, document := seen[g+" stock "+id], seen[g+" document "+id]
			if stock == "" || document == "" {
				t.Fatalf("%s: got no cell of %s, want one in each setting", id, g)
			}
			if stock != document {
				stock += " → " + document
			}
			fmt.Fprintf(&b, " %s |", stock)
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}
