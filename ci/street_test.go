package ci

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/clientnet"
)

// streets is the table of what can be wrong between a client and a gateway, and of what ends it.
func streets() string {
	var b strings.Builder
	b.WriteString("\n| ID | when | the client sees | the request gets there | it is over when somebody |\n" +
		"| --- | --- | --- | --- | --- |\n")
	for _, f := range clientnet.Faults() {
		reaches, ends := "no", []string{}
		if f.Reaches {
			reaches = "yes"
		}
		for _, r := range clientnet.Remedies() {
			for _, id := range f.EndedBy {
				if id == r.ID {
					ends = append(ends, r.Title)
				}
			}
		}
		if len(ends) == 0 {
			ends = []string{"–"}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.ID, f.Title, f.Sees, reaches, strings.Join(ends, "; "))
	}
	b.WriteString("\n")
	return b.String()
}
