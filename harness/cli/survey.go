package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/world"
)

// ownFile is where a survey is kept.
const ownFile = "gatequake.yaml"

func (a *app) survey() *cobra.Command {
	file, force, env := "", false, []string{}
	c := &cobra.Command{
		Use:   "survey -- COMMAND [ARG...]",
		Short: "Find out what a gateway of your own listens on, dials and answers",
		Long: "Starts the command, with its real configuration, in a world in which every name has an address and " +
			"every address answers, and prints a map of its\n" +
			"listeners, names, upstreams and answers. Nothing that it writes is seen outside. The map is also written as " +
			ownFile + ", to be edited and kept.\n\n" +
			"Exit status: 0 it can be broken, 2 it cannot: it does not start here, or no probe reaches an upstream; 64 the " +
			"command line is wrong.",
		Example: "  gatequake survey -- nginx -c nginx.conf\n" +
			"  gatequake survey --file - -- haproxy -f haproxy.cfg",
		Args: afterDash,
		RunE: func(c *cobra.Command, args []string) error { return a.surveyOwn(c.Context(), args, env, file, force) },
	}
	c.Flags().StringVar(
		&file,
		"file",
		ownFile,
		"`FILE` to write the map to; - for standard output, in place of the map",
	)
	envFlag(c.Flags(), &env)
	c.Flags().BoolVar(&force, "force", false, "write over the file if it is there")
	return c
}

// afterDash wants a command after two dashes.
func afterDash(c *cobra.Command, args []string) error {
	switch at := c.ArgsLenAtDash(); {
	case len(args) == 0:
		return usage(
			"%s: got no command, want one after two dashes, such as: %s -- nginx -c /etc/nginx/nginx.conf -g 'daemon off;'",
			c.Name(),
			c.CommandPath(),
		)
	case at != 0:
		return usage(
			"%s: got argument %q, want -- before the command; see %s --help",
			c.Name(),
			args[0],
			c.CommandPath(),
		)
	}
	return nil
}

// envFlag is how a command line names variables that a gateway of the user's own gets.
func envFlag(f *pflag.FlagSet, env *[]string) {
	f.StringArrayVar(
		env,
		"env",
		nil,
		"a variable for your gateway, `NAME` with its value here, or NAME=VALUE; it gets "+
			strings.Join(gateway.Inherited(), ", ")+" and no others (may be repeated)",
	)
}

// ownOf makes an own gateway of the words of a command line, which gets the variables besides those that all get.
func ownOf(args, env []string) (gateway.Own, error) {
	dir, err := os.Getwd()
	if err != nil {
		return gateway.Own{}, unclear(err)
	}
	o := gateway.Own{Name: filepath.Base(args[0]), Command: args, Dir: dir, Env: env, Patience: gatewayfile.Patience}
	if _, err := gateway.Variables(env); err != nil {
		return o, usage("--%w", err)
	}
	if err := o.Missing(); err != nil {
		return gateway.Own{}, usage("%w; want a command that is installed, after --", err)
	}
	return o, nil
}

func (a *app) surveyOwn(ctx context.Context, args, env []string, file string, force bool) error {
	own, err := ownOf(args, env)
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); file != "-" && !force && !errors.Is(err, fs.ErrNotExist) {
		return usage("--file %s: it is there already; name another, or write over it with --force", file)
	}
	found, err := a.surveyed(ctx, own)
	if err != nil {
		return err
	}
	text, err := survey.Format(found)
	if err != nil {
		return unclear(err)
	}
	if file == "-" {
		if _, err := a.out.Write(text); err != nil {
			return err
		}
		return hopeless(found)
	}
	survey.Print(a.out, found)
	if err := renameio.WriteFile(file, text, 0o644); err != nil {
		return unclear(fmt.Errorf("write %s: %w", file, err))
	}
	if err := hopeless(found); err != nil {
		a.say("\nWritten: %s", file)
		return err
	}
	a.say("\nWritten: %s. To break it: gatequake run --file %s", file, quoted(file))
	return nil
}

// surveyed surveys the gateway, and says why if that cannot be.
func (a *app) surveyed(ctx context.Context, own gateway.Own) (survey.Found, error) {
	mode, err := world.Detect()
	if err == nil && mode == world.Portable {
		err = errors.New(
			"a gateway with its own configuration needs a world with namespaces, which this machine refuses; see " +
				"gatequake doctor",
		)
	}
	if err != nil {
		return survey.Found{}, unclear(fmt.Errorf("survey: %w", err))
	}
	s := a.surveying()
	found, err := runner.Survey(ctx, own, runner.Options{Mode: mode, Doing: s.does})
	s.end()
	switch {
	case ctx.Err() != nil:
		return found, exit{status: statusInterrupted}
	case errors.Is(err, survey.ErrNotTryable):
		return found, unclear(fmt.Errorf("%s: %w", strings.Join(own.Command, " "), err))
	case err != nil:
		return found, unclear(fmt.Errorf("survey %s: %w", own.Name, err))
	}
	return found, nil
}
