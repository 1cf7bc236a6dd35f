package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/world"
)

// shellRequest is what Shell sends into the world.
type shellRequest struct {
	Do task
	Job
	Program string
}

// Shell makes a world, brings it into the state of the job's experiment, says on standard output who lives where, and
// hands the caller's terminal to the program until that ends. Then the fault is undone and nothing of the world is
// left. It returns the program's exit status.
func Shell(ctx context.Context, j Job, program string, o Options) (status int, err error) {
	defer keepTerminal()()
	err = world.Run(
		ctx,
		world.Options{Mode: o.Mode, Args: o.Args, Terminal: true, Writable: j.Gateway.Folders()},
		shellRequest{openShell, j, program},
		&status,
	)
	return status, err
}

// serveShell is the inside of Shell.
func serveShell(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
	var r shellRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	e, err := catalog.FindFor(r.Gateway, r.Experiment)
	if err != nil {
		return nil, err
	}
	h, err := engine.Hold(ctx, w, r.setup(), sites.New, e)
	if err != nil {
		return nil, err
	}
	defer func() { _ = h.Release(ctx) }()
	defer rearmed(ctx, h)()
	if r.Gateway.Kind() == gateway.KindOwn {
		fmt.Print(ownBriefing(h, e, r.Job))
	} else {
		fmt.Print(briefing(h, e, r.Job))
	}
	return run(r.Program)
}

// run hands the terminal to the program and waits for its end.
func run(program string) (status int, err error) {
	cmd := exec.Command(program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = foreground()
	for _, v := range os.Environ() {
		// What this process is must not be taken for what a gatequake started by hand in there is.
		if !strings.HasPrefix(v, "GATEQUAKE_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	var exit *exec.ExitError
	err = world.Start(cmd, world.Launch{Terminal: true})
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("start shell %s: %w", program, err)
	}
	if status = cmd.ProcessState.ExitCode(); status < 0 {
		status = 1 // Ended by a signal.
	}
	return status, nil
}
