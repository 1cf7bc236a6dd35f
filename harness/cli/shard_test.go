package cli

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
)

// every returns every experiment on the gateways, which need not be installed.
func every(t *testing.T, names ...string) ([]catalog.Experiment, []runner.Job) {
	t.Helper()
	known, err := candidates("")
	if err != nil {
		t.Fatal(err)
	}
	known = slices.DeleteFunc(known, func(c *candidate) bool { return !slices.Contains(names, c.Name) })
	return catalog.Experiments(), jobs(catalog.Experiments(), known, nil, policy.Document())
}

func TestShardsCostTheSame(t *testing.T) {
	t.Parallel()
	picked, all := every(t, "builtin", "nginx", "haproxy")
	cost, err := costs(picked, nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 7
	sums, dealt, dearest := []time.Duration{}, map[string]int{}, time.Duration(0)
	for i := range n {
		sum := time.Duration(0)
		for _, j := range (shard{i + 1, n}).deal(all, cost) {
			dealt[label(j.Gateway.Name, j.Setting, j.Experiment)]++
			sum, dearest = sum+cost(j), max(dearest, cost(j))
		}
		sums = append(sums, sum)
	}
	for _, j := range all {
		if n := dealt[label(j.Gateway.Name, j.Setting, j.Experiment)]; n != 1 {
			t.Errorf("%s on %s, %s: got it in %d shards, want one", j.Experiment, j.Gateway.Name, j.Setting, n)
		}
	}
	if slices.Max(sums)-slices.Min(sums) > dearest {
		t.Errorf(
			"got shards that cost %s, want none to differ by more than the dearest experiment, %s",
			sums,
			dearest,
		)
	}
}

func TestCostsAreThoseRecorded(t *testing.T) {
	t.Parallel()
	picked, all := every(t, "builtin")
	first := all[0]
	limits := own + wait(picked[0], first)
	committed, err := costs(picked, nil)
	if err != nil {
		t.Fatal(err)
	}
	different := slices.ContainsFunc(all, func(j runner.Job) bool {
		i := slices.IndexFunc(picked, func(e catalog.Experiment) bool { return e.ID == j.Experiment })
		return committed(j) != own+wait(picked[i], j)
	})
	if !different {
		t.Error("got only what the limits say, want what was recorded in fixtures/gateways/RESULTS.json")
	}
	earlier := report.Run{
		Verdicts: []verdict.Verdict{
			{
				Record: record.Record{
					ID:      first.Experiment,
					Gateway: first.Gateway.Name,
					Setting: first.Setting,
					TookMS:  42000,
				},
			},
		},
	}
	own, err := costs(picked, &earlier)
	if err != nil {
		t.Fatal(err)
	}
	if got := own(first); got != 42*time.Second {
		t.Errorf("got %s, want what it took in the baseline", got)
	}
	first.Gateway = &gateway.Definition{Name: "unknown", Settings: first.Gateway.Settings}
	if got := own(first); got != limits {
		t.Errorf("got %s for a gateway of the user's, want %s, by its limits", got, limits)
	}
}

// TestShardsMakeTheWhole deals any jobs at any costs into any number of shards: each job is in one of them, in its
// order, and merging their results, read from files in any order, makes the results of the whole; without one of them,
// or with one twice, nothing does.
func TestShardsMakeTheWhole(t *testing.T) {
	t.Parallel()
	_, all := every(t, "builtin", "nginx")
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		jobs := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 20, cell).Draw(t, "jobs")
		costs := map[string]time.Duration{}
		for _, j := range jobs {
			costs[cell(j)] = time.Duration(rapid.IntRange(0, 3000).Draw(t, "cost")) * time.Millisecond
		}
		n := rapid.IntRange(1, 5).Draw(t, "shards")
		whole, files, dealt := made(jobs, 0), []string{}, []string{}
		for i := range n {
			part := (shard{i + 1, n}).deal(jobs, func(j runner.Job) time.Duration { return costs[cell(j)] })
			at := -1
			for _, j := range part {
				next := slices.IndexFunc(jobs, func(other runner.Job) bool { return cell(other) == cell(j) })
				if next <= at {
					t.Fatalf("shard %d/%d: got %s out of order", i+1, n, cell(j))
				}
				at, dealt = next, append(dealt, cell(j))
			}
			r := made(part, i)
			r.Shard = &report.Shard{Index: i + 1, Of: n, Whole: len(jobs)}
			files = append(files, stored(t, filepath.Join(dir, fmt.Sprint(i)), r))
		}
		if slices.Sort(dealt); !slices.Equal(dealt, slices.Sorted(maps.Keys(costs))) {
			t.Fatalf("got %q in the shards, want each of %q once", dealt, slices.Sorted(maps.Keys(costs)))
		}
		shuffled := rapid.Permutation(files).Draw(t, "order")
		got, err := joined(shuffled, "", false)
		want, errWhole := joined([]string{stored(t, filepath.Join(dir, "whole"), whole)}, "", false)
		if err := errors.Join(err, errWhole); err != nil {
			t.Fatal(err)
		}
		inOrder, err := joined(files, "", false)
		if err != nil || cells(got) != cells(inOrder) {
			t.Fatalf("got %s (%v), want %s, as in the order of the shards", cells(got), err, cells(inOrder))
		}
		if changes := report.Diff(want, got); len(changes) > 0 || len(got.Verdicts) != len(jobs) ||
			got.Planned != want.Planned || got.Shard != nil || !got.Started.Equal(want.Started) {
			t.Fatalf("got %s, want %s", cells(got), cells(want))
		}
		if _, err := joined(append(shuffled, shuffled[0]), "", false); err == nil {
			t.Fatal("got no error for a shard that is there twice")
		}
		if rest := shuffled[1:]; n > 1 {
			if _, err := joined(rest, "", false); err == nil {
				t.Fatalf("got no error for %d of %d shards", len(rest), n)
			}
		}
	})
}

// cell is what tells a job from the others of a run.
func cell(j runner.Job) string { return label(j.Gateway.Name, j.Setting, j.Experiment) }

// cells are the verdicts of a run, in their order.
func cells(r report.Run) string {
	all := []string{}
	for _, v := range r.Verdicts {
		all = append(all, label(v.Gateway, v.Setting, v.ID)+" "+v.Observed)
	}
	return strings.Join(all, ", ")
}

// made is a run of the jobs, which began so many seconds after the first.
func made(jobs []runner.Job, after int) report.Run {
	begin := time.Date(2026, 1, 1, 0, 0, after, 0, time.UTC)
	r := report.Run{Tool: "v0", Started: begin, World: "root", Planned: len(jobs), Catalogue: catalogue()}
	for _, j := range jobs {
		r.Verdicts = append(r.Verdicts, verdict.Verdict{
			Record: record.Record{ID: j.Experiment, Gateway: j.Gateway.Name, Setting: j.Setting, World: "root"},
			Result: verdict.Pass, Observed: fmt.Sprint(200+len(j.Experiment)) + " by gateway",
		})
	}
	return r
}

// stored writes the run's results and returns their file.
func stored(t *rapid.T, file string, r report.Run) string {
	doc, err := report.JSON(r)
	if err := errors.Join(err, os.WriteFile(file, doc, 0o644)); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestShardBeyondTheJobsIsEmpty(t *testing.T) {
	t.Parallel()
	builtin := &gateway.Definition{Name: "builtin"}
	jobs := []runner.Job{{Gateway: builtin, Experiment: "a"}, {Gateway: builtin, Experiment: "b"}}
	cost := func(runner.Job) time.Duration { return time.Second }
	for index, want := range map[int]int{1: 1, 2: 1, 3: 0, math.MaxInt: 0} {
		if got := (shard{index, math.MaxInt}).deal(jobs, cost); len(got) != want {
			t.Errorf("shard %d: got %v, want %d of the jobs", index, got, want)
		}
	}
}
