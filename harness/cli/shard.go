package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
)

// shard is a flag's value: I/N, the I-th of N parts of a run. The zero value is the whole.
type shard struct{ index, of int }

// Set reads the flag's value.
func (s *shard) Set(text string) error {
	index, of, _ := strings.Cut(text, "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	if errI != nil || errN != nil || i < 1 || n < i {
		return fmt.Errorf("got %q, want I/N, such as 1/4 for the first of four parts", text)
	}
	s.index, s.of = i, n
	return nil
}

// String is the value as it is typed.
func (s *shard) String() string {
	if s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.index, s.of)
}

// Type is how help calls the value.
func (*shard) Type() string { return "I/N" }

// own is what every experiment costs besides its waits, roughly.
const own = 300 * time.Millisecond

// deal returns the shard's jobs, in their order, and what the report says of it. Every shard of a run deals the same jobs in the same way, the dearest first, each
// to the shard that has cost least so far, so that all take about as long and each job is in one of them.
func (s shard) deal(all []runner.Job, picked []harness.Experiment) ([]runner.Job, *report.Shard) {
	if s.of == 0 {
		return all, nil
	}
	byID, mine := map[string]harness.Experiment{}, map[string]bool{}
	for _, e := range picked {
		byID[e.ID] = e
	}
	costs := make([]time.Duration, s.of)
	for _, j := range dealt(all, picked) {
		least := slices.Index(costs, slices.Min(costs))
		costs[least] += own + wait(byID[j.Experiment], j)
		if least == s.index-1 {
			mine[label(j.Gateway.Name, j.Setting, j.Experiment)] = true
		}
	}
	part := slices.DeleteFunc(slices.Clone(all), func(j runner.Job) bool { return !mine[label(j.Gateway.Name, j.Setting, j.Experiment)] })
	return part, &report.Shard{Index: s.index, Of: s.of, Whole: len(all)}
}
