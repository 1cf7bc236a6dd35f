package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// runOwn tries a gateway of the user's own: the one that the file describes, or the one that the command starts,
// after a survey.
func (a *app) runOwn(ctx context.Context, o order, args []string) error {
	switch {
	case len(args) > 0 && o.file != "":
		return usage("run: got --file %s and a command, want one of them", o.file)
	case len(o.gateways) > 0 || o.folder != "":
		return usage("run: got --gateway or --gateways with a gateway of your own, want it alone")
	case o.portable:
		return usage(
			"run: got --portable with a gateway of your own, which needs a world with namespaces; see gatequake doctor",
		)
	}
	policy, err := readPolicy(cmp.Or(o.policy, policy.GatewayError().Name))
	if err != nil {
		return err
	}
	if policy.FailOn, err = o.classes(); err != nil {
		return err
	}
	if o.own, err = a.ownGateway(ctx, o.file, args, o.env); err != nil {
		return err
	}
	version, like := ownKind(ctx, o.own)
	return a.carryOutOwn(ctx, o, policy, version, like)
}

// carryOutOwn runs what the order asks for of all that a gateway of the user's own can be tried with.
func (a *app) carryOutOwn(
	ctx context.Context,
	o order,
	policy policy.Policy,
	version string,
	like *gateway.Definition,
) error {
	settings, targets := []string{}, map[string]gateway.Target{}
	for _, t := range o.own.Targets() {
		settings, targets[t.Name()] = append(settings, t.Name()), t
	}
	if len(settings) == 0 {
		return unclear(
			fmt.Errorf(
				"nothing ran: no probe of %s reaches an upstream; describe one that does in a file: gatequake survey",
				o.own.Name,
			),
		)
	}
	if _, err := each("setting", o.settings, settings); err != nil {
		return err
	}
	blocks := catalog.OwnBlocks(o.own)
	picked, err := pick(ownExperiments(blocks), o.only, o.causes)
	if err != nil {
		return err
	}
	a.warnUntouched(o.own)
	d, all := o.own.Definition(), []runner.Job{}
	d.Like = like
	for _, setting := range settings {
		if len(o.settings) > 0 && !slices.Contains(o.settings, setting) {
			continue
		}
		for _, e := range picked {
			if e.Block == nil && e.TriedIn(targets[setting]) ||
				slices.ContainsFunc(
					blocks,
					func(b catalog.OwnBlock) bool { return b.ID == e.ID && b.Setting == setting },
				) {
				all = append(
					all,
					runner.Job{Experiment: e.ID, Gateway: d, Version: version, Setting: setting, Policy: &policy},
				)
			}
		}
	}
	if len(all) == 0 {
		return unclear(
			fmt.Errorf(
				"nothing ran: %s is not tried in %s",
				strings.Join(o.only, ", "),
				strings.Join(o.settings, " or "),
			),
		)
	}
	return a.carryOut(ctx, o, planned{jobs: all, picked: picked})
}

// ownExperiments lists all that a gateway of the user's own can be tried with.
func ownExperiments(blocks []catalog.OwnBlock) []catalog.Experiment {
	all := catalog.OwnExperiments()
	for _, b := range blocks {
		all = append(all, b.Experiment)
	}
	return all
}

// warnUntouched tells of upstreams that no probe touches: nothing of what becomes of them is seen.
func (a *app) warnUntouched(o *gateway.Own) {
	for _, u := range o.Upstreams {
		if !slices.ContainsFunc(
			o.Probes,
			func(p gateway.Probe) bool { return slices.Contains(p.Upstreams, u.Name) },
		) {
			a.tell("! no probe touches %s (%s): it is not broken", u.Name, u.Where())
		}
	}
}

// ownGateway reads the file, or surveys the command and says what was found.
func (a *app) ownGateway(ctx context.Context, file string, args, env []string) (*gateway.Own, error) {
	if file == "" {
		own, err := ownOf(args, env)
		if err != nil {
			return nil, err
		}
		found, err := a.surveyed(ctx, own)
		if err != nil {
			return nil, err
		}
		survey.Print(a.err, found)
		return &found.Own, hopeless(found)
	}
	own, err := gatewayfile.Read("", file)
	if err != nil {
		return nil, usage("--file: %w", err)
	}
	own.Env = append(own.Env, env...)
	if _, err := gateway.Variables(own.Env); err != nil {
		return nil, usage("%w", err)
	}
	return &own, a.warnBare(ctx)
}

// warnBare tells of folders in which the gateway cannot write. A survey tells it by itself.
func (a *app) warnBare(ctx context.Context) error {
	mode, err := world.Detect()
	if err != nil || mode == world.Portable {
		return nil // There the experiments say why they cannot be.
	}
	bare, err := runner.ReadOnlyFolders(ctx, runner.Options{Mode: mode})
	switch {
	case ctx.Err() != nil:
		return exit{status: statusInterrupted}
	case err != nil:
		return unclear(fmt.Errorf("make a world: %w", err))
	}
	if len(bare) > 0 {
		a.tell("! %s", survey.ReadOnlyHere(bare))
	}
	return nil
}

// classes are the kinds of red that --fail-on names; none for those of the policy.
func (o order) classes() (all []verdict.Class, err error) {
	known := []string{}
	for _, c := range verdict.Classes() {
		known = append(known, string(c))
	}
	for _, name := range o.failOn {
		if !slices.Contains(known, name) {
			return nil, unknown("kind of red", name, known)
		}
		all = append(all, verdict.Class(name))
	}
	return all, nil
}

// directives finds lines in the configuration of the user's own gateway.
type directives struct {
	own    *gateway.Own
	of     survey.Configuration
	here   string
	byWord map[string][]verdict.Line
}

// note tells, of a fail, where the configuration names the upstream, and where it has the directive already by which
// the fail is mended.
func (d *directives) note(v *verdict.Verdict) {
	if d.own == nil || len(d.own.Command) == 0 || v.Result != verdict.Fail || v.Target == nil {
		return
	}
	if v.Named = d.lines(v.Target.At); len(v.Named) == 0 {
		host, _, _ := strings.Cut(v.Target.At, ":") // The port may stand elsewhere, or be that of the scheme.
		v.Named = d.lines(host)
	}
	if v.Fix != nil {
		v.Fix.Found = d.lines(v.Fix.Directive)
	}
}

// lines are those that have the word.
func (d *directives) lines(word string) []verdict.Line {
	if word == "" {
		return nil
	}
	if d.byWord == nil {
		d.here, _ = os.Getwd() // Without it paths are whole.
		d.of, d.byWord = survey.ConfigurationOf(d.own.Command, d.own.Dir, d.own.Env), map[string][]verdict.Line{}
	}
	lines, known := d.byWord[word]
	if !known {
		lines = d.of.Lines(word, d.here)
		d.byWord[word] = lines
	}
	return lines
}

// ownWords names the gateway of the user's own: by the command that starts it, the file that describes it, or where it
// runs. It is empty where the run is of known gateways.
func (o order) ownWords() string {
	switch {
	case o.url != "":
		return o.url
	case o.file != "":
		return o.file
	case o.own == nil:
		return ""
	}
	words := make([]string, len(o.own.Command))
	for i, w := range o.own.Command {
		words[i] = quoted(w)
	}
	return strings.Join(words, " ")
}

// ownReplay is the command that runs the verdict's experiment again.
func (o order) ownReplay(v verdict.Verdict) string {
	s := fmt.Sprintf("gatequake run --setting %s --only %s", quoted(v.Setting), v.ID)
	if o.file != "" {
		s += " --file " + quoted(o.file)
	}
	for _, v := range o.env {
		name, _, _ := strings.Cut(v, "=") // Its value is nobody's business who reads a report.
		s += " --env " + quoted(name)
	}
	if o.url != "" {
		return s + o.elsewhereWords()
	}
	if o.file != "" {
		return s
	}
	return s + " -- " + o.ownWords()
}
