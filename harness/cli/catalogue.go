package cli

import (
	"io/fs"
	"path"
	"strings"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/report"
)

// catalogue is what reports say of experiments and gateways beside what results hold.
func catalogue() report.Catalogue {
	c := report.Catalogue{Findings: findings()}
	for _, e := range catalog.Experiments() {
		about := report.Explanation{ID: e.ID, Title: e.Title()}
		if f := e.Fault; f != nil {
			about.What, about.Made, about.Confirmed = f.What, f.Made, f.Confirmed
			if f.Tolerated != nil {
				about.Tolerated = f.Tolerated.Why
			}
		}
		if e.Block != nil {
			about.What = e.Block.What
		}
		c.Experiments = append(c.Experiments, about)
	}
	return c
}

// findings returns, for each gateway, what stands in its folder's README below the heading Findings.
func findings() map[string]string {
	all := map[string]string{}
	readmes, err := fs.Glob(fixtures.Gateways(), "*/README.md")
	if err != nil {
		panic(err) // Only a malformed pattern leads here.
	}
	for _, file := range readmes {
		text, err := fs.ReadFile(fixtures.Gateways(), file)
		if err != nil {
			panic(err) // The files are embedded.
		}
		_, found, _ := strings.Cut(string(text), "\n## Findings\n")
		found, _, _ = strings.Cut(found, "\n## ")
		all[path.Dir(file)] = found
	}
	return all
}
