package cli

import (
	"slices"
	"testing"
	"time"

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
