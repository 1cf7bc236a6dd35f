package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) replay() *cobra.Command {
	o := order{workers: 1}
	c := &cobra.Command{
		Use:   "replay FILE#ID",
		Short: "Run a stored experiment again: did the same happen?",
		Long: "Runs the experiment again on every gateway and in every setting that the results have it for, under the " +
			"same policy and in the same kind of world.\n\n" +
			"Exit status: 0 the same happened, 1 something else did.",
		Example: "  gatequake replay report/results.json#refused",
		Args:    files(1, "FILE#ID, such as report/results.json#refused"),
		RunE:    func(c *cobra.Command, args []string) error { return a.again(c.Context(), o, args[0]) },
	}
	c.Flags().StringSliceVar(&o.gateways, "gateway", nil, "only on these gateways, as `NAME,...`")
	c.Flags().StringSliceVar(&o.settings, "setting", nil, "only in these settings, as `NAME,...`")
	c.Flags().StringVar(&o.folder, "gateways", "", "a further `DIR` of gateway folders of your own")
	c.Flags().StringVar(&o.policy, "policy", "", "the YAML `FILE` of the policy, if it was one of your own")
	return c
}

// again runs the cells that what, FILE#ID, names once more.
func (a *app) again(ctx context.Context, o order, what string) error {
	at := strings.LastIndex(what, "#")
	if at < 0 {
		return usage("replay: got %q, want FILE#ID, such as report/results.json#refused", what)
	}
	file, id := what[:at], what[at+1:]
	earlier, err := readResults("replay", file)
	if err != nil {
		return err
	}
	all, err := candidates(o.folder)
	if err != nil {
		return err
	}
	then, known := []verdict.Verdict{}, []string{}
	for _, v := range earlier.Verdicts {
		if !slices.Contains(known, v.ID) {
			known = append(known, v.ID)
		}
		if v.ID == id && (len(o.gateways) == 0 || slices.Contains(o.gateways, v.Gateway)) &&
			(len(o.settings) == 0 || slices.Contains(o.settings, v.Setting)) {
			then = append(then, v)
		}
	}
	if !slices.Contains(known, id) {
		return unknown("experiment in "+file+":", id, known)
	}
	if len(then) == 0 {
		return usage(
			"replay: %s has no %s on --gateway %s in --setting %s; leave one of them out",
			file,
			id,
			strings.Join(o.gateways, ","),
			strings.Join(o.settings, ","),
		)
	}
	now := []verdict.Verdict{}
	for _, v := range then {
		job, err := o.remade(ctx, v, all)
		if err != nil {
			return err
		}
		now = append(now, runner.RunSettled(ctx, job, runner.Options{Mode: world.Mode(v.World)}))
		if ctx.Err() != nil {
			return exit{status: statusInterrupted}
		}
	}
	return a.sameAgain(then, now)
}

// remade is the job that the verdict was on.
func (o order) remade(ctx context.Context, v verdict.Verdict, all []*candidate) (runner.Job, error) {
	if v.Target != nil {
		return runner.Job{}, usage(
			"replay: %s was run on a gateway of your own, of which results do not hold all; run: %s",
			v.ID,
			v.Replay,
		)
	}
	picked, err := named(all, []string{v.Gateway})
	if err != nil {
		return runner.Job{}, err
	}
	there, _, err := installed(ctx, picked)
	if err != nil {
		return runner.Job{}, err
	}
	if o.policy == "" && !slices.Contains(policyNames(), v.Policy) { // Results do not say which files to read.
		return runner.Job{}, usage(
			"replay: %s was run under the policy %q, want one of %s, or its file as --policy",
			v.ID,
			v.Policy,
			strings.Join(policyNames(), ", "),
		)
	}
	policy, err := readPolicy(cmp.Or(o.policy, v.Policy))
	if err != nil {
		return runner.Job{}, err
	}
	job := runner.Job{
		Experiment: v.ID,
		Gateway:    there[0].Definition,
		Version:    there[0].version,
		Setting:    v.Setting,
		Policy:     &policy,
	}
	for _, tried := range v.Remedies {
		job.Remedies = append(job.Remedies, tried.Remedy)
	}
	return job, nil
}

// sameAgain says for each verdict whether the same happened again.
func (a *app) sameAgain(then, now []verdict.Verdict) error {
	same := true
	for i, v := range now {
		was := then[i]
		where := fmt.Sprintf("%s on %s %s, %s", v.ID, v.Gateway, v.Version, v.Setting)
		if v.Result == was.Result && v.Observed == was.Observed && v.Known() == was.Known() {
			a.say("%s: again %s: %s", where, v.Result.String(), seenOrWhy(v))
			continue
		}
		same = false
		a.say(
			"%s: not again\n  was %s: %s\n  is  %s: %s",
			where,
			was.Result.String(),
			seenOrWhy(was),
			v.Result.String(),
			seenOrWhy(v),
		)
	}
	if !same {
		return exit{status: statusFails}
	}
	return nil
}

// seenOrWhy is what was observed, or why nothing was.
func seenOrWhy(v verdict.Verdict) string {
	if v.Observed == "" {
		return v.Reason
	}
	return v.Observed
}
