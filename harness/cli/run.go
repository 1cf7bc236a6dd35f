package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/console"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// order is what `gatequake run` was asked for.
type order struct {
	gateways, settings, only, causes []string
	workers, repeat                  atLeastOne
	portable, json                   bool
	report, folder, policy           string
	baseline                         string
	verbose                          bool
	failOn                           []string // classes of red; empty for the policy's own
	shard                            shard
	env                              []string     // variables for it
	file                             string       // of a gateway of the user's own
	own                              *gateway.Own // that gateway
	remedies                         []string     // to be tried in place of the probes
	elsewhere                                     // of one that runs already
}

// atLeastOne is a flag's value: a whole number above 0.
type atLeastOne int

// Experiments mostly wait for the gateway's time limits, so there may be several worlds for each CPU, or for each
// that a container's limit leaves. Measured on two CPUs with three gateways and 1230 experiments: 67 s with
// twenty-four each, 61 to 66 s with thirty-two, of which the processors alone need 58. Beyond the most only memory
// grows. How many of them the machine bears at the moment is for runner.Run to find out.
const (
	perCPU     = 32
	mostWorlds = 64
)

// Set reads the flag's value.
func (w *atLeastOne) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return fmt.Errorf("want a whole number, 1 or more")
	}
	*w = atLeastOne(n)
	return nil
}

// String writes the flag's value.
func (w *atLeastOne) String() string { return strconv.Itoa(int(*w)) }

// Type is how help calls the value.
func (*atLeastOne) Type() string { return "N" }

func (a *app) run() *cobra.Command {
	o := order{repeat: 1, workers: mostWorkers()}
	c := &cobra.Command{
		Use:   "run [-- COMMAND [ARG...]]",
		Short: "Run experiments and report what clients saw",
		Long: "Runs every experiment on every gateway that is installed, in every setting, several worlds at a time, and\n" +
			"writes a report: " + strings.Join(
			report.Files(),
			", ",
		) + ".\n\n" +
			"A gateway that is named must be installed: if it is not, nothing is run and the exit status is 2. With all,\n" +
			"or no name, what is not installed is listed with how to get it, and is no reason for a red run, unless\n" +
			"GATEQUAKE_REQUIRE names it, or says all.\n\n" + aboutRemedies(),
		Example: "  gatequake run -- nginx -c nginx.conf\n" +
			"  gatequake run --file gatequake.yaml --only refused,slow-answer\n" +
			"  gatequake run --gateway nginx --only refused,garbage\n" +
			"  gatequake run --gateway builtin --only refused,user-agent-deny --remedies=refresh,other-browser",
		Args: commandOrNothing,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.sound(c, args); err != nil {
				return err
			}
			switch {
			case o.url != "":
				return a.runElsewhere(c.Context(), o, args)
			case len(args) > 0 || o.file != "":
				return a.runOwn(c.Context(), o, args)
			case len(o.remedies) > 0:
				return a.runRemedies(c.Context(), o)
			}
			return a.runOrder(c.Context(), o)
		},
	}
	o.runFlags(c)
	return c
}

// commandOrNothing refuses what is neither the command of a gateway of the user's own nor nothing at all. A user who
// forgets the two dashes, or the command behind them, would else wait for every experiment on every gateway.
func commandOrNothing(c *cobra.Command, args []string) error {
	switch dash := c.ArgsLenAtDash(); {
	case dash == 0 && len(args) > 0, dash < 0 && len(args) == 0:
		return nil
	case dash == 0:
		return usage("run: got -- and nothing behind it, want the command that starts your gateway: gatequake run -- nginx " +
			"-c nginx.conf")
	case c.Flags().Changed("remedies"):
		return nothing("argument")(c, args)
	case dash < 0:
		return usage("run: got %q, want the command of a gateway of your own behind two dashes: gatequake run -- %s",
			args[0], strings.Join(args, " "))
	default:
		return usage("run: got %q before --, want the whole command behind it", args[0])
	}
}

// sound refuses flags that say nothing, or the opposite of each other.
func (o *order) sound(c *cobra.Command, args []string) error {
	if err := o.needsURL(c.Flags().Changed); err != nil {
		return err
	}
	own := len(args) > 0 || o.file != ""
	if len(o.env) > 0 && !own {
		return usage("run: got --env, want a gateway of your own that is started: a command after --, or --file")
	}
	if len(o.remedies) == 0 {
		return nil
	}
	if own || o.url != "" {
		return usage("run: got --remedies with a gateway of your own, want one of gatequake list gateways")
	}
	for _, name := range []string{"repeat", "policy"} {
		if c.Flags().Changed(name) {
			return usage(
				"run: got --%s with --remedies, want one of them: a remedy is tried once, and breaks no promise",
				name,
			)
		}
	}
	return nil
}

// runFlags are those of run alone.
func (o *order) runFlags(c *cobra.Command) {
	o.flags(c)
	f := c.Flags()
	f.Var(
		&o.repeat,
		"repeat",
		"how many times to run each experiment; one that does not always come out the same fails",
	)
	f.StringVar(&o.policy, "policy", "",
		"what a fault should be answered with: `POLICY` is document (502; the default for known gateways), gateway-error "+
			"(502, 503 or 504; the default for your own), rfc9209, or a YAML file of your own")
	f.StringVar(&o.baseline, "baseline", "",
		"results.json of an earlier run: the exit status is 1 only for what is worse than in `FILE`")
	f.Var(&o.shard, "shard", "run only the I-th of N parts of the experiments; gatequake report joins their results")
	f.StringSliceVar(&o.failOn, "fail-on", nil,
		"for a gateway of your own, what the run fails by, as `KIND,...`: fix (you can mend it), limit (of your gateway's "+
			"version), policy (another code than the policy's), page (its own, for an upstream's error) (default fix,policy)")
	f.StringVar(&o.file, "file", "", "try the gateway of your own that `FILE` describes; gatequake survey writes one")
	envFlag(f, &o.env)
	o.elsewhereFlags(f)
	complete(c, "policy", func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		names, _ := listed(policyNames)(c, args, typed)
		return names, cobra.ShellCompDirectiveDefault // or a file
	})
	f.StringSliceVar(&o.remedies, "remedies", nil,
		"try these remedies in place of the probes, as `NAME,...`; all if none is named")
	f.Lookup("remedies").NoOptDefVal = allRemedies
	complete(c, "remedies", listed(func() []string { return append(remedyNames(), allRemedies) }))
}

// flags are those of every command that runs experiments.
func (o *order) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringSliceVar(&o.gateways, "gateway", nil,
		"gateways to test, as `NAME,...`; all for every one that is installed (default all)")
	f.StringSliceVar(&o.settings, "setting", nil, "settings to test them in, as `NAME,...` (default every one)")
	f.StringSliceVar(&o.only, "only", nil,
		"experiments to run, as `ID,...`; a block's ID stands for all states of its upstream (default all)")
	f.StringSliceVar(&o.causes, "cause", nil, "run only experiments with these causes, as `NAME,...` (default all)")
	f.Var(&o.workers, "workers", "how many worlds at a time at most; fewer while the machine is too busy for them")
	f.BoolVar(&o.portable, "portable", false, "use no namespaces; what needs them is reported as unsupported")
	f.StringVar(&o.report, "report", "report", reportHelp())
	f.BoolVar(&o.json, "json", false, "print results.json to standard output instead of the matrix")
	verboseFlag(f, &o.verbose)
	f.StringVar(&o.folder, "gateways", "", "a further `DIR` of gateway folders of your own")
	completeRun(c, o)
}

// mostWorkers is how many worlds there are at a time unless somebody says otherwise.
func mostWorkers() atLeastOne { return atLeastOne(min(perCPU*runtime.GOMAXPROCS(0), mostWorlds)) }

func (a *app) runOrder(ctx context.Context, o order) error {
	picked, err := experiments(o.only, o.causes)
	if err != nil {
		return err
	}
	return a.runPicked(ctx, o, picked)
}

// runPicked runs the experiments on the gateways of the order.
func (a *app) runPicked(ctx context.Context, o order, picked []catalog.Experiment) error {
	policy, err := readPolicy(cmp.Or(o.policy, policy.Document().Name))
	if err != nil {
		return err
	}
	known, err := candidates(o.folder)
	if err != nil {
		return err
	}
	asked, err := named(known, o.gateways)
	if err != nil {
		return err
	}
	if err := require(known, asked, a.env[requireEnv]); err != nil {
		return err
	}
	if err := ofSettings(asked, o.settings); err != nil {
		return err
	}
	there, missing, err := installed(ctx, asked)
	if err != nil {
		return err
	}
	all := jobs(picked, there, o.settings, policy)
	if len(all) == 0 {
		return unclear(
			fmt.Errorf(
				"nothing ran: no gateway that is installed has the setting %s",
				strings.Join(o.settings, " or "),
			),
		)
	}
	for i := range all {
		all[i].Remedies = o.remedies
	}
	return a.carryOut(ctx, o, planned{all, picked, missing, there})
}

// planned is what a run is to do.
type planned struct {
	jobs    []runner.Job
	picked  []catalog.Experiment
	missing []report.Missing
	there   []*candidate
}

// carryOut runs the jobs, or this machine's part of them, and reports.
func (a *app) carryOut(ctx context.Context, o order, p planned) error {
	var baseline *report.Run
	if o.baseline != "" {
		earlier, err := readResults("--baseline", o.baseline)
		if err != nil {
			return err
		}
		baseline = &earlier
	}
	all, part, err := o.shard.of(p.jobs, p.picked, baseline)
	if err != nil {
		return err
	}
	mode, err := o.mode()
	if err != nil {
		return unclear(fmt.Errorf("nothing ran: %w", err))
	}
	if room, limit := runner.Room(); room == 0 {
		return unclear(
			fmt.Errorf(
				"nothing ran: got %d descriptors that a process may open, want %d or more; raise the limit: ulimit -n 1024",
				limit,
				runner.Needed,
			),
		)
	}
	// Before anything runs: nobody wants to learn after a minute that the report cannot be written.
	if err := report.Ready(o.report); err != nil {
		return usage("--report: %w; choose another folder", err)
	}
	r := report.Run{
		Tool:         version(),
		Started:      time.Now(),
		World:        string(mode),
		Planned:      len(all),
		Command:      o.ownWords(),
		NotInstalled: p.missing,
		Shard:        part,
		Catalogue:    catalogue(),
	}
	if baseline != nil {
		r.Baseline = only(*baseline, all)
	}
	if err := a.measure(ctx, &r, o, all, dealt(all, p.picked), p.there); err != nil {
		return measured(err)
	}
	out := a.out
	if o.json {
		out = a.err // So that standard output is JSON alone.
	}
	return measured(a.end(r, out))
}

// only returns the earlier run with the cells of these jobs only: what was not to be run has not vanished.
func only(earlier report.Run, all []runner.Job) *report.Run {
	cells := map[string]bool{}
	for _, j := range all {
		cells[label(j.Gateway.Name, j.Setting, j.Experiment)] = true
	}
	earlier.Verdicts = slices.DeleteFunc(earlier.Verdicts,
		func(v verdict.Verdict) bool { return !cells[label(v.Gateway, v.Setting, v.ID)] })
	return &earlier
}

func (o order) mode() (world.Mode, error) {
	if o.there != nil {
		return world.Remote, nil
	}
	if o.portable {
		return world.Portable, nil
	}
	return world.Detect()
}

// quoted makes a word of s that a shell leaves alone.
func quoted(s string) string {
	if !strings.ContainsAny(s, " \t\n'\"\\$`&|;<>()*?[]{}!#~") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// show prints what was asked for. Written is the folder of the report, "" if there is none.
func (a *app) show(r report.Run, o order, written string) error {
	if err := a.tellGitHub(r); err != nil {
		return unclear(err)
	}
	if o.json {
		doc, err := report.JSON(r)
		if err == nil {
			_, err = a.out.Write(doc)
		}
		if err != nil {
			return unclear(fmt.Errorf("print results: %w", err))
		}
		return nil
	}
	style := console.StyleOf(a.out)
	style.Verbose, style.Written = o.verbose, written
	if err := console.Write(a.out, r, style); err != nil {
		return unclear(fmt.Errorf("print report: %w", err))
	}
	return nil
}
