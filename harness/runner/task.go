package runner

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// task is what a world is asked to do other than an experiment. The task stands in the field Do of the request, which a
// Job does not have.
type task string

const (
	openShell    task = "shell"
	tryFirewall  task = "try-firewall"
	makeSurvey   task = "survey"
	listReadOnly task = "bare"
	askVersion   task = "version"
)

var tasks = map[task]func(context.Context, *world.World, json.RawMessage) (any, error){
	openShell:  serveShell,
	makeSurvey: serveSurvey,
	askVersion: serveVersion,
	tryFirewall: func(context.Context, *world.World, json.RawMessage) (any, error) {
		_, err := firewall.New()
		return nil, err
	},
	listReadOnly: func(_ context.Context, w *world.World, _ json.RawMessage) (any, error) {
		return w.ReadOnlyFolders(), nil
	},
}

// TryFirewall makes a world of the mode and sets up its firewall for real. The error says why there is none.
func TryFirewall(ctx context.Context, o Options) error {
	request := struct{ Do task }{tryFirewall}
	return world.Run(ctx, world.Options{Mode: o.Mode, Args: o.Args}, request, nil)
}

// ReadOnlyFolders makes a world of the mode and returns the folders of the machine that could not be covered in it:
// there they can be read only.
func ReadOnlyFolders(ctx context.Context, o Options) (folders []string, err error) {
	request := struct{ Do task }{listReadOnly}
	err = world.Run(ctx, world.Options{Mode: o.Mode, Args: o.Args}, request, &folders)
	return folders, err
}

// versionRequest is what Version sends into the world.
type versionRequest struct {
	Do      task
	Gateway *gateway.Definition
	Command []string
	Dir     string
}

// Version makes a world and has the command of the gateway say its version in it, in the folder: a program of the
// user's own is started in worlds alone.
func Version(
	ctx context.Context,
	d *gateway.Definition,
	command []string,
	dir string,
	o Options,
) (version string, err error) {
	request := versionRequest{askVersion, d, command, dir}
	err = world.Run(ctx, world.Options{Mode: o.Mode, Args: o.Args}, request, &version)
	return version, err
}

// serveVersion is the inside of Version.
func serveVersion(ctx context.Context, _ *world.World, request json.RawMessage) (any, error) {
	var r versionRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return r.Gateway.Ask(ctx, r.Command, r.Dir)
}
