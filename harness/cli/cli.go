// Package cli is the command line: what is typed in, what is printed, and the exit status. What it does is done by
// other packages.
//
//	args ──> command ──> runner (worlds) ──> verdicts ──> report ──> console, files, exit status
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	_ "github.com/gatequake/gatequake/harness/gateway/builtin" // so that this binary can play it
	"github.com/gatequake/gatequake/harness/interrupt"
)

// app is what every command has at hand.
type app struct {
	env      map[string]string
	out, err io.Writer
}

// Main runs the command that args name and returns the exit status: 0 all hold, 1 some fail, 2 some inconclusive or
// nothing ran, 64 usage, 130 interrupted. A process that may be the first of a world calls runner.Serve before.
func Main(args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: map[string]string{}, out: stdout, err: stderr}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		a.env[name] = value
	}
	ctx, stop := interrupt.Context(context.Background())
	defer stop()
	root := a.root()
	root.SetArgs(append([]string{}, args...))
	root.SetIn(stdin)
	return a.status(interrupted(ctx, root.ExecuteContext(ctx)))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "gatequake",
		Short: "Break everything around an HTTP gateway, and see what its clients see",
		Long: "Gatequake runs a real HTTP gateway in a sealed world, breaks its upstreams, names and network one at a " +
			"time, and holds what a client sees against what it should: a 502 for every broken upstream, a 403 for every " +
			"block, and never one in place of the other.\n\n" +
			"Exit status: 0 all hold, 1 some fail, 2 some inconclusive or nothing ran, 64 usage, 130 interrupted (a partial " +
			"report is written).",
		Example: "  gatequake run -- nginx -c nginx.conf\n" +
			"  gatequake explain refused\n" +
			"  gatequake diagnose --log 'connect() failed (111: Connection refused) while connecting to upstream'",
		Version:           version(),
		Args:              nothing("command"),
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return given(c) },
		// A mistake is one line, which Main prints.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	grouped(root, "Break a gateway:", a.run(), a.survey(), a.shell())
	grouped(root, "Read results:", a.report(), a.judge(), a.diff(), a.replay())
	grouped(root, "Understand a failure:", a.diagnose(), a.explain(), a.list())
	grouped(root, "This machine:", a.doctor(), a.version())
	root.SetHelpCommand(a.help())
	narrow(root)
	root.SetFlagErrorFunc(flagError)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = func(c *cobra.Command, args []string) error {
				return usage(
					"%s: got %q, want one of %s",
					c.Name(),
					strings.Join(args, " "),
					strings.Join(commandNames(c), ", "),
				)
			}
			// A command that does nothing has no arguments to be wrong.
			c.RunE = func(*cobra.Command, []string) error { return nil }
		}
	}
	return root
}

// help is cobra's own, but that a topic which does not exist is a mistake.
func (a *app) help() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Say more about a command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknown("command", strings.Join(args, " "), commandNames(c.Root()))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// nothing refuses arguments that a command does not have.
func nothing(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return nil
		case c.HasParent():
			return usage("%s: got argument %q, want none; see %s --help", c.Name(), args[0], c.CommandPath())
		}
		return unknown(what, args[0], commandNames(c))
	}
}

func commandNames(c *cobra.Command) []string {
	names := []string{}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			names = append(names, sub.Name())
		}
	}
	return names
}

// flagError says what is wrong with a flag in the words of all other mistakes.
func flagError(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		known := []string{}
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		name := missing.GetSpecifiedName()
		if shorthands := missing.GetSpecifiedShortnames(); shorthands != "" {
			name = "-" + name
		} else {
			name = "--" + name
		}
		return unknown("flag", name, known)
	}
	return usage("%w; see %s --help", err, c.CommandPath())
}

// given refuses a flag that was given and is empty: a variable that a pipeline has not set, mostly. Taken for one that
// was left out, it would have something else done than was meant, and that might well pass.
func given(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if text := f.Value.String(); err == nil && (text == "" || text == "[]") {
			what, _ := pflag.UnquoteUsage(f)
			err = usage("--%s: got nothing, want %s, or leave it out", f.Name, what)
		}
	})
	return err
}

// terminal returns the terminal behind w, if there is one.
func terminal(w io.Writer) (fd int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile {
		return 0, false
	}
	return int(f.Fd()), term.IsTerminal(int(f.Fd()))
}
