package cli

import (
	"io/fs"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
)

// committed returns the cells of the run that was committed, of every known gateway in every setting.
func committed() ([]report.Cell, error) {
	text, err := fs.ReadFile(fixtures.Gateways(), "RESULTS.json")
	if err != nil {
		return nil, err
	}
	kept, err := report.ReadCells(text)
	return kept.Cells, err
}

// own is what every experiment costs besides its waits, roughly.
const own = 300 * time.Millisecond

// costs returns what a job costs: what it took in the baseline, if there is one and it has the job, or else in the
// run of the known gateways that was committed. What neither has is estimated from the gateway's time limits. Whoever
// has the same binary and the same baseline gets the same.
func costs(picked []catalog.Experiment, baseline *report.Run) (func(runner.Job) time.Duration, error) {
	byID, took := map[string]catalog.Experiment{}, map[string]time.Duration{}
	for _, e := range picked {
		byID[e.ID] = e
	}
	cells, err := committed()
	if err != nil {
		return nil, err
	}
	for _, c := range cells {
		took[label(c.Gateway, c.Setting, c.ID)] = time.Duration(c.Seconds) * time.Second
	}
	if baseline != nil {
		for _, v := range baseline.Verdicts {
			took[label(v.Gateway, v.Setting, v.ID)] = time.Duration(v.TookMS * float64(time.Millisecond))
		}
	}
	return func(j runner.Job) time.Duration {
		t, known := took[label(j.Gateway.Name, j.Setting, j.Experiment)]
		if !known {
			return own + wait(byID[j.Experiment], j)
		}
		return max(t, own)
	}, nil
}
