package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
)

// shard is a flag's value: I/N, the I-th of N parts of a run. The zero value is the whole.
type shard struct{ index, n int }

// Set reads the flag's value.
func (s *shard) Set(text string) error {
	index, of, _ := strings.Cut(text, "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	if errI != nil || errN != nil || i < 1 || n < i {
		return fmt.Errorf("got %q, want I/N, such as 1/4 for the first of four parts", text)
	}
	s.index, s.n = i, n
	return nil
}

// String is the value as it is typed.
func (s *shard) String() string {
	if s.n == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.index, s.n)
}

// Type is how help calls the value.
func (*shard) Type() string { return "I/N" }

// of returns the shard's part of the jobs, in their order, and what the report says of it: nil for the whole.
func (s shard) of(
	all []runner.Job,
	picked []catalog.Experiment,
	baseline *report.Run,
) ([]runner.Job, *report.Shard, error) {
	if s.n == 0 {
		return all, nil, nil
	}
	cost, err := costs(picked, baseline)
	if err != nil {
		return nil, nil, err
	}
	return s.deal(all, cost), &report.Shard{Index: s.index, Of: s.n, Whole: len(all)}, nil
}

// deal returns the shard's jobs, in their order. Every shard of a run deals the same jobs in the same way, the
// dearest first, each to the shard that has cost least so far, so that all take about as long and each job is in one
// of them.
func (s shard) deal(all []runner.Job, cost func(runner.Job) time.Duration) []runner.Job {
	dearest, mine := slices.Clone(all), map[string]bool{}
	costs := make([]time.Duration, min(s.n, len(all))) // A part beyond the jobs gets none.
	slices.SortStableFunc(dearest, func(a, b runner.Job) int { return cmp.Compare(cost(b), cost(a)) })
	for _, j := range dearest {
		least := slices.Index(costs, slices.Min(costs))
		costs[least] += cost(j)
		if least == s.index-1 {
			mine[label(j.Gateway.Name, j.Setting, j.Experiment)] = true
		}
	}
	return slices.DeleteFunc(
		slices.Clone(all),
		func(j runner.Job) bool { return !mine[label(j.Gateway.Name, j.Setting, j.Experiment)] },
	)
}
