package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Catalogue is what this Gatequake knows of experiments and gateways beside what results hold.
type Catalogue struct {
	// Experiments are all that there are, in the order of reports.
	Experiments []Explanation
	// Findings are, for each gateway by its name, what its folder says was found, in Markdown.
	Findings map[string]string
}

// Explanation is what the catalogue says of one experiment.
type Explanation struct {
	ID, Title string
	// What is broken, how that was made, how it is confirmed, and why another answer is tolerated.
	What, Made, Confirmed, Tolerated string
}

// Explain returns what is said of the experiment; of one that is not in the catalogue there is nothing to say.
func (c Catalogue) Explain(id string) Explanation {
	i := slices.IndexFunc(c.Experiments, func(e Explanation) bool { return e.ID == id })
	if i < 0 {
		return Explanation{}
	}
	return c.Experiments[i]
}

// ordered sorts verdicts as a run of all of them has them: by gateway, setting, and the order of the catalogue.
func (c Catalogue) ordered(all []verdict.Verdict) []verdict.Verdict {
	place := map[string]int{}
	for i, e := range c.Experiments {
		place[e.ID] = i
	}
	slices.SortStableFunc(all, func(a, b verdict.Verdict) int {
		return cmp.Or(
			strings.Compare(
				a.Gateway,
				b.Gateway,
			),
			strings.Compare(a.Setting, b.Setting),
			cmp.Compare(place[a.ID], place[b.ID]),
		)
	})
	return all
}
