package cli

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/site"
)

// experiments picks those with the IDs, or all, that have one of the causes, or any. The ID of a block stands for all
// states of its upstream, that of a fault for all states of the gateway.
func experiments(ids, causes []string) ([]catalog.Experiment, error) {
	return pick(catalog.Experiments(), ids, causes)
}

// pick picks from all.
func pick(all []catalog.Experiment, ids, causes []string) ([]catalog.Experiment, error) {
	known, knownCauses := []string{}, []string{}
	for _, e := range all {
		known = append(known, e.ID)
	}
	for _, c := range cause.All() {
		knownCauses = append(knownCauses, string(c))
	}
	ids, err := each("experiment", ids, known)
	if err != nil {
		return nil, err
	}
	if causes, err = each("cause", causes, knownCauses); err != nil {
		return nil, err
	}
	picked := []catalog.Experiment{}
	for _, e := range all {
		byID := len(ids) == 0 || slices.Contains(ids, e.ID) || slices.Contains(ids, e.Base())
		if byID && (len(causes) == 0 || slices.Contains(causes, string(e.Cause()))) {
			picked = append(picked, e)
		}
	}
	if len(picked) == 0 {
		return nil, usage(
			"--only %s leaves nothing of --cause %s; leave one of them out",
			strings.Join(ids, ","),
			strings.Join(causes, ","),
		)
	}
	return picked, nil
}

// ofSettings checks that each of the settings is one of a gateway's.
func ofSettings(gateways []*candidate, settings []string) error {
	known := []string{}
	for _, g := range gateways {
		known = append(known, g.SettingNames()...)
	}
	slices.Sort(known)
	_, err := each("setting", settings, slices.Compact(known))
	return err
}

// jobs makes a job of each experiment on each gateway in each of the settings, or all, sorted as reports are.
func jobs(picked []catalog.Experiment, gateways []*candidate, settings []string, policy policy.Policy) []runner.Job {
	all := []runner.Job{}
	for _, g := range gateways {
		for _, s := range g.SettingNames() {
			if len(settings) > 0 && !slices.Contains(settings, s) {
				continue
			}
			for _, e := range picked {
				all = append(
					all,
					runner.Job{
						Experiment: e.ID,
						Gateway:    g.Definition,
						Version:    g.version,
						Setting:    s,
						Policy:     &policy,
					},
				)
			}
		}
	}
	return all
}

// dealt returns the jobs with the longest first: their waits overlap then with everything else, and none is left to
// wait for at the end.
func dealt(all []runner.Job, picked []catalog.Experiment) []runner.Job {
	place, byID := map[string]int{}, map[string]catalog.Experiment{}
	for i, e := range picked {
		place[e.ID], byID[e.ID] = i, e
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b runner.Job) int {
		return cmp.Or(
			cmp.Compare(wait(byID[b.Experiment], b), wait(byID[a.Experiment], a)),
			cmp.Compare(place[a.Experiment], place[b.Experiment]),
		)
	})
	return sorted
}

// wait estimates how long the job waits for the gateway's time limits: a GET and a POST through a fault, or each
// request that a block lets in.
func wait(e catalog.Experiment, j runner.Job) time.Duration {
	if e.Fault == nil {
		return 0
	}
	within := j.Gateway.Settings[j.Setting].Within
	once := map[catalog.Phase]time.Duration{
		catalog.AtOnce: within.AtOnce, catalog.Resolving: within.Resolve, catalog.Connecting: within.Connect,
		catalog.Responding: within.Response,
	}[e.Fault.Phase]
	if e.Block != nil {
		return once * time.Duration(len(e.Block.LetIn))
	}
	if e.State == site.Balanced {
		const some = 8 // requests that each meet the broken member
		once *= some
	}
	return 2 * once
}
