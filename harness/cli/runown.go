package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/survey"
)

// runOwn tries a gateway of the user's own: the one that the file describes, or the one that the command starts, after a survey.
func (a *app) runOwn(ctx context.Context, o order, args []string) error {
	switch {
	case len(args) > 0 && o.file != "":
		return usage("run: got --file %s and a command, want one of them", o.file)
	case len(o.gateways) > 0 || o.folder != "":
		return usage("run: got --gateway or --gateways with a gateway of your own, want it alone")
	case o.portable:
		return usage("run: got --portable with a gateway of your own, which needs a world with namespaces; see gatequake doctor")
	}
	picked, err := experiments(o.only, o.causes)
	if err != nil {
		return err
	}
	policy, err := readPolicy(o.policy)
	if err != nil {
		return err
	}
	if o.own, err = a.ownGateway(ctx, o.file, args); err != nil {
		return err
	}
	known := []string{}
	for _, t := range o.own.Targets() {
		known = append(known, t.Name())
	}
	if len(known) == 0 {
		return unclear(fmt.Errorf("nothing ran: no probe of %s reaches an upstream; describe one that does in a file: gatequake survey", o.own.Name))
	}
	if _, err := each("setting", o.settings, known); err != nil {
		return err
	}
	ours := harness.OwnExperiments()
	picked = slices.DeleteFunc(picked, func(e harness.Experiment) bool {
		return !slices.ContainsFunc(ours, func(mine harness.Experiment) bool { return mine.ID == e.ID })
	})
	d, all := o.own.Definition(), []runner.Job{}
	for _, name := range known {
		if len(o.settings) > 0 && !slices.Contains(o.settings, name) {
			continue
		}
		for _, e := range picked {
			all = append(all, runner.Job{Experiment: e.ID, Gateway: d, Version: ownVersion(ctx, o.own), Setting: name, Policy: &policy})
		}
	}
	return a.carryOut(ctx, o, planned{jobs: all, picked: picked})
}

// ownGateway reads the file, or surveys the command and says what was found.
func (a *app) ownGateway(ctx context.Context, file string, args []string) (*gateway.Own, error) {
	if file == "" {
		own, err := ownOf(args)
		if err != nil {
			return nil, err
		}
		found, err := a.surveyed(ctx, own)
		if err != nil {
			return nil, err
		}
		survey.Print(a.err, found)
		return &found.Own, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--file: %w", err)
	}
	own, err := survey.Parse(file, text)
	if err != nil {
		return nil, usage("--file: %w", err)
	}
	if own.Dir, err = os.Getwd(); err != nil {
		return nil, unclear(err)
	}
	if err := own.Missing(); err != nil {
		return nil, usage("--file %s: command: %w", file, err)
	}
	return &own, nil
}

// ownVersion is the version of a gateway that is one of the known ones, or "".
func ownVersion(ctx context.Context, o *gateway.Own) string {
	all, err := candidates("")
	if err != nil {
		return ""
	}
	for _, c := range all {
		if filepath.Base(c.Command[0]) == filepath.Base(o.Command[0]) && c.find(ctx) {
			return c.version
		}
	}
	return ""
}

// ownReplay is the command that runs the verdict's experiment again.
func (o order) ownReplay(v harness.Verdict) string {
	s := fmt.Sprintf("gatequake run --setting %s --only %s", quoted(v.Setting), v.ID)
	if o.file != "" {
		return s + " --file " + quoted(o.file)
	}
	words := make([]string, len(o.own.Command))
	for i, w := range o.own.Command {
		words[i] = quoted(w)
	}
	return s + " -- " + strings.Join(words, " ")
}
