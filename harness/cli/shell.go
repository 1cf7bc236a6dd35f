package cli

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) shell() *cobra.Command {
	gatewayName, setting, folder, o := "", "", "", order{}
	c := &cobra.Command{
		Use:   "shell ID [-- COMMAND [ARG...]]",
		Short: "Open a shell in a world with the fault held, for poking by hand",
		Long: "Makes a world, starts the gateway, brings about the state of the experiment, and runs $SHELL in it. " +
			"Leaving the shell undoes everything.\n" +
			"With a command, or --file, it is your own gateway, with its real configuration.\n\n" +
			"The exit status is the shell's.",
		Example: "  gatequake shell firewall-drop --gateway nginx\n" +
			"  gatequake shell refused -- nginx -c nginx.conf",
		ValidArgsFunction: first(experimentIDs),
		Args:              idAndCommand,
		RunE: func(c *cobra.Command, args []string) (err error) {
			var j runner.Job
			if own := len(args) > 1 || o.file != ""; !own {
				j, err = a.shellJob(c.Context(), args[0], gatewayName, setting, folder)
			} else if c.Flags().Changed("gateway") || folder != "" {
				return usage("shell: got --gateway or --gateways with a gateway of your own, want it alone")
			} else {
				j, err = a.ownShellJob(c.Context(), args[0], setting, o, args[1:])
			}
			if err != nil {
				return err
			}
			return a.openShell(c.Context(), j)
		},
	}
	c.Flags().StringVar(&gatewayName, "gateway", "builtin", "`NAME` of the gateway")
	c.Flags().StringVar(&setting, "setting", "", "`NAME` of its setting (default its first: document); of your own "+
		"gateway PROBE/UPSTREAM (default the first that can be broken so)")
	c.Flags().StringVar(&o.file, "file", "", "the gateway of your own that `FILE` describes; gatequake survey writes one")
	envFlag(c.Flags(), &o.env)
	c.Flags().StringVar(&folder, "gateways", "", "a further `DIR` of gateway folders of your own")
	complete(c, "gateway", first(func() []string { return gatewayNames(folder) }))
	complete(c, "setting", first(func() []string { return settingNames(folder) }))
	return c
}

func (a *app) shellJob(ctx context.Context, id, gatewayName, setting, folder string) (runner.Job, error) {
	picked, err := experiments([]string{id}, nil)
	if err != nil {
		return runner.Job{}, err
	}
	all, err := candidates(folder)
	if err != nil {
		return runner.Job{}, err
	}
	if _, err := each("gateway", []string{gatewayName}, gatewayNames(folder)); err != nil {
		return runner.Job{}, err
	}
	asked, err := named(all, []string{gatewayName})
	if err != nil {
		return runner.Job{}, err
	}
	if setting == "" { // Not every gateway has the setting document, which is the first of the known ones.
		setting = asked[0].SettingNames()[0]
	}
	if err := ofSettings(asked, []string{setting}); err != nil {
		return runner.Job{}, err
	}
	there, _, err := installed(ctx, asked)
	if err != nil {
		return runner.Job{}, err
	}
	// Of a block and its other states, the first is the one that was named.
	return jobs(picked[:1], there, []string{setting}, policy.Document())[0], nil
}

// idAndCommand wants the ID of an experiment, and behind two dashes the command of a gateway of the user's own, if any.
func idAndCommand(c *cobra.Command, args []string) error {
	ids, dash := args, c.ArgsLenAtDash()
	if dash >= 0 {
		ids = args[:dash]
	}
	if dash >= 0 && dash == len(args) {
		return usage("shell: got -- and nothing behind it, want the command that starts your gateway")
	}
	if len(ids) != 1 {
		return usage("shell: got %d arguments, want the ID of one experiment; gatequake list shows them", len(ids))
	}
	return nil
}

// ownShellJob is the job whose fault is held on a gateway of the user's own.
func (a *app) ownShellJob(ctx context.Context, id, setting string, o order, command []string) (runner.Job, error) {
	if o.file != "" && len(command) > 0 {
		return runner.Job{}, usage("shell: got --file %s and a command, want one of them", o.file)
	}
	own, err := a.ownGateway(ctx, o.file, command, o.env)
	if err != nil {
		return runner.Job{}, err
	}
	picked, err := pick(ownExperiments(catalog.OwnBlocks(own)), []string{id}, nil)
	if err != nil {
		return runner.Job{}, err
	}
	names := []string{}
	for _, t := range own.Targets() {
		names = append(names, t.Name())
	}
	if len(names) == 0 {
		return runner.Job{}, unclear(fmt.Errorf("no probe of %s reaches an upstream; describe one that does in a file: "+
			"gatequake survey", own.Name))
	}
	if setting != "" {
		if _, err := each("setting", []string{setting}, names); err != nil {
			return runner.Job{}, err
		}
	}
	d, p := own.Definition(), policy.GatewayError()
	for i := 0; setting == ""; i++ {
		if possible := picked[0].Inapplicable(d, names[i]) == ""; possible || i == len(names)-1 {
			setting = names[i] // The last says why it cannot be.
		}
	}
	return runner.Job{Experiment: picked[0].ID, Gateway: d, Setting: setting, Policy: &p}, nil
}

func (a *app) openShell(ctx context.Context, j runner.Job) error {
	mode, err := world.Detect()
	if err != nil {
		return unclear(err)
	}
	program := a.env["SHELL"]
	if program == "" {
		program = "sh"
	}
	if program, err = exec.LookPath(program); err != nil {
		return usage("SHELL: %w; set it to a shell that is there", err)
	}
	status, err := runner.Shell(ctx, j, program, runner.Options{Mode: mode})
	switch {
	case ctx.Err() != nil:
		return exit{status: statusInterrupted}
	case err != nil:
		return unclear(fmt.Errorf("shell %s: %w", j.Experiment, err))
	case status != 0:
		return exit{status: status}
	}
	return nil
}
