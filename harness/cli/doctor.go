package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) doctor() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Say what this machine can do, and what the rest needs",
		Example: "  gatequake doctor", Args: nothing("argument"),
		RunE: func(c *cobra.Command, _ []string) error { return a.examine(c.Context()) },
	}
}

// examine tries everything for real and says what came of it.
func (a *app) examine(ctx context.Context) error {
	a.say("Worlds, strongest first. gatequake run uses the first that works.")
	a.say(
		"%s",
		"What one keeps inside is tried by a process in it that is started as a gateway is; more in "+
			"harness/world/boundary.md.",
	)
	works := false
	for _, ability := range world.Abilities(ctx) {
		a.sayWorld(ctx, ability)
		works = works || ability.Err == nil
	}
	a.say("\nGateways")
	all, err := candidates("")
	if err != nil {
		return unclear(err)
	}
	builtin := false
	for _, c := range all {
		there := c.find(ctx)
		switch {
		case there:
			a.say("  %-10s %-10s %s", c.Name, c.version, c.program())
			builtin = builtin || c.Name == "builtin"
		case errors.Is(c.err, gateway.ErrNotInstalled):
			a.say("  %-10s not installed; to get it: %s", c.Name, c.Install)
		default:
			a.say("  %-10s does not work: %v", c.Name, c.err)
		}
	}
	if !works || !builtin {
		return unclear(
			errors.New("this machine cannot run experiments: no world works, or the built-in gateway does not"),
		)
	}
	a.say("\nThis machine can run experiments: gatequake run")
	return nil
}

// say prints one line, safe to show.
func (a *app) say(format string, args ...any) {
	for i := range args {
		switch arg := args[i].(type) {
		case string:
			args[i] = report.Safe(arg)
		case error:
			args[i] = report.Safe(arg.Error())
		}
	}
	_, _ = fmt.Fprintf(a.out, format+"\n", args...)
}

var modeAbout = map[world.Mode]string{
	world.Root:     "namespaces, made as root",
	world.User:     "namespaces, made without privileges",
	world.Portable: "no namespaces, plain loopback",
}

func (a *app) sayWorld(ctx context.Context, w world.Ability) {
	if w.Err != nil {
		a.say("\n  %-10s no   %s: %s", string(w.Mode), modeAbout[w.Mode], w.Err.Error())
		for _, r := range remedies(w) {
			a.say("%18s%s", "", r)
		}
		return
	}
	a.say(
		"\n  %-10s yes  %s; %s to enter",
		string(w.Mode),
		modeAbout[w.Mode],
		w.Entry.Round(time.Millisecond).String(),
	)
	for _, n := range world.Needs() {
		lacks := w.Lacks[n]
		if n == world.Firewall && lacks == "" {
			if err := runner.TryFirewall(ctx, runner.Options{Mode: w.Mode}); err != nil {
				lacks = err.Error() + "; is the kernel module nf_tables there?"
			}
		}
		if lacks == "" {
			a.say("    %-17s yes  %s", string(n), n.About())
		} else {
			a.say("    %-17s no   %s", string(n), lacks)
		}
	}
	a.sayPromises(ctx, w.Mode)
}

// sayPromises tells what a world of the mode keeps from the machine.
func (a *app) sayPromises(ctx context.Context, m world.Mode) {
	if m == world.Portable {
		a.say("    keeps inside: nothing. A gateway has your rights, files and network: try only one that you trust")
		return
	}
	all, err := world.Promises(ctx, m)
	if err != nil {
		a.say("    keeps inside: it cannot be told: %s", err.Error())
	}
	for _, p := range all {
		if p.Broken == "" {
			a.say("    keeps inside      yes  %s", p.About)
		} else {
			a.say("    keeps inside      NO   %s: %s", p.About, p.Broken)
		}
	}
}
