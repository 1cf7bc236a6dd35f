package ci

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
)

// rows are what the README shows of the matrix: a row or two of each cause, a control, and a block.
var rows = []string{
	"accept-queue-full", "silent-after-accept", "refused", "dns-nxdomain", "firewall-drop", "certificate-expired", "garbage", "short-chunked", "error-500", "ip-deny+refused",
}

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

// shortMatrix is the README's part of the matrix: a column for each gateway, and in each cell what clients saw in the setting stock, and then in document.
func shortMatrix(t *testing.T) string {
	t.Helper()
	gateways, versions, want, seen := []string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for _, v := range report.OfCells(results(t)).Verdicts {
		if !slices.Contains(gateways, v.Gateway) {
			gateways = append(gateways, v.Gateway)
		}
		versions[v.Gateway], want[v.ID] = v.Version, strings.NewReplacer(" by gateway", "", " by upstream", "").Replace(v.Expected)
		seen[v.Gateway+" "+v.Setting+" "+v.ID] = cmp.Or(report.Word(v), "–")
	}
	slices.Sort(gateways)
	var b strings.Builder
	b.WriteString("\n| | want |")
	for _, g := range gateways {
		fmt.Fprintf(&b, " %s %s |", g, versions[g])
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(gateways)+1) + "\n")
	for _, id := range rows {
		fmt.Fprintf(&b, "| `%s` | %s |", id, want[id])
		for _, g := range gateways {
			stock, document := seen[g+" stock "+id], seen[g+" document "+id]
			if stock != document {
				stock += " → " + document
			}
			fmt.Fprintf(&b, " %s |", stock)
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}
