package cli

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

func (a *app) shell() *cobra.Command {
	gatewayName, setting, folder := "", "", ""
	c := &cobra.Command{
		Use:   "shell ID",
		Short: "Open a shell in a world with the fault held, for poking by hand",
		Long: "Makes a world, starts the gateway, brings about the state of the experiment, and runs $SHELL in it. " +
			"Leaving the shell undoes everything.\n" +
			"The exit status is the shell's.",
		ValidArgsFunction: first(experimentIDs),
		Args:              oneID,
		RunE: func(c *cobra.Command, args []string) error {
			j, err := a.shellJob(c.Context(), args[0], gatewayName, setting, folder)
			if err != nil {
				return err
			}
			return a.openShell(c.Context(), j)
		},
	}
	c.Flags().StringVar(&gatewayName, "gateway", "builtin", "`NAME` of the gateway")
	c.Flags().StringVar(&setting, "setting", "", "`NAME` of its setting (default its first: document)")
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
