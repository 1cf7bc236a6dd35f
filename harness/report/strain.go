package report

import (
	"fmt"
	"slices"

	"github.com/gatequake/gatequake/harness/stats"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Strain is how hard a run was for the machine, and what that did to it.
type Strain struct {
	// MedianMS and WorstMS are how late the machine let worlds run: see verdict.Verdict.LateMS. They are of the
	// experiments in which anything was observed.
	MedianMS float64 `json:"median_late_ms"`
	WorstMS  float64 `json:"worst_late_ms"`
	// Again is how many experiments were measured a second time, because of that or because the gateway did not
	// serve; Inconclusive how many are so because of the machine all the same.
	Again        int `json:"measured_again"`
	Inconclusive int `json:"inconclusive"`
}

// Strain sums up what the run's verdicts say of the machine.
func (r Run) Strain() (s Strain) {
	late := []float64{}
	for _, v := range r.Verdicts {
		if len(v.Observations) > 0 {
			late = append(late, v.LateMS)
		}
		if v.Again != "" {
			s.Again++
		}
		if v.Starved && v.Result == verdict.Inconclusive {
			s.Inconclusive++
		}
	}
	slices.Sort(late)
	s.MedianMS, s.WorstMS = stats.Quantile(late, 0.5), stats.Quantile(late, 1)
	return s
}

// Strained says so in a line, or nothing of a run that was not measured.
func (r Run) Strained() string {
	s := r.Strain()
	if s == (Strain{}) {
		return ""
	}
	line := fmt.Sprintf(
		"This machine let worlds run %.0f ms late in the median, %.0f ms at worst",
		s.MedianMS,
		s.WorstMS,
	)
	if s.Again > 0 {
		line += fmt.Sprintf("; %s measured again", Experiments(s.Again))
	}
	if s.Inconclusive > 0 {
		line += fmt.Sprintf(
			"; %s inconclusive because of the machine: on a quieter one, or with fewer --workers, they may not be",
			Experiments(s.Inconclusive),
		)
	}
	return line + "\n"
}
