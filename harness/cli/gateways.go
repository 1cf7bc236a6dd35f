package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
)

// candidate is a gateway that could be put to the test.
type candidate struct {
	*gateway.Definition
	// own is true for a gateway of the user's.
	own bool
	// required is true for one that was asked for by its name.
	required bool
	// version is what was found; err why nothing was.
	version string
	err     error
}

// allGateways is the name that stands for every gateway that is installed.
const allGateways = "all"

// candidates reads the known gateways and those in the user's folder, "" for none.
func candidates(folder string) ([]*candidate, error) {
	all := []*candidate{}
	known, err := gateway.All(fixtures.Gateways())
	if err != nil {
		return nil, err
	}
	for _, d := range known {
		all = append(all, &candidate{Definition: d})
	}
	if folder == "" {
		return all, nil
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, usage(
			"--gateways: got %q, want a folder of gateway folders (%s)",
			folder,
			reason(err, "it is a file"),
		)
	}
	own, err := gateway.All(os.DirFS(folder))
	if err != nil {
		return nil, usage("--gateways %s: %w", folder, err)
	}
	if len(own) == 0 {
		return nil, usage(
			"--gateways %s: got no folder in it, want one for each gateway, such as NAME/gateway.yaml",
			folder,
		)
	}
	for _, d := range own {
		if slices.ContainsFunc(all, func(c *candidate) bool { return c.Name == d.Name }) {
			return nil, usage(
				"--gateways %s: the gateway %q is known already; give the folder another name",
				folder,
				d.Name,
			)
		}
		all = append(all, &candidate{Definition: d, own: true})
	}
	return all, nil
}

// reason is err in the shortest words, or otherwise.
func reason(err error, otherwise string) string {
	var path *fs.PathError
	switch {
	case err == nil:
		return otherwise
	case errors.As(err, &path):
		return path.Err.Error()
	}
	return err.Error()
}

// find looks whether the gateway is there and asks its version: one of the user's in a world, one that was installed on
// the machine, as its owner would.
func (c *candidate) find(ctx context.Context) bool {
	if !c.own {
		c.version, c.err = c.Find(ctx)
		return c.err == nil
	}
	if c.err = c.Missing(); c.err == nil {
		c.version, c.err = runner.Version(ctx, c.Definition, c.Version.Command, "", runner.Options{})
	}
	return c.err == nil
}

// program is the path of the gateway's program, or what it is instead.
func (c *candidate) program() string {
	if strings.HasPrefix(c.Command[0], "@") {
		return "part of gatequake"
	}
	path, err := exec.LookPath(c.Command[0])
	if err != nil {
		return ""
	}
	return path
}

// named picks the gateways with the names; with no names, or all, every one.
func named(all []*candidate, names []string) ([]*candidate, error) {
	known := []string{}
	for _, c := range all {
		known = append(known, c.Name)
	}
	names, err := each("gateway", names, append(known, allGateways))
	if err != nil {
		return nil, err
	}
	every, picked := len(names) == 0 || slices.Contains(names, allGateways), []*candidate{}
	for _, c := range all {
		asked := slices.Contains(names, c.Name)
		if asked || every {
			picked = append(picked, c)
		}
		c.required = c.required || asked
	}
	return picked, nil
}

// requireEnv names the environment variable that lists gateways which must be installed, as names with commas between
// them or all.
const requireEnv = "GATEQUAKE_REQUIRE"

// require marks those of the picked gateways that the environment says must be installed.
func require(all, picked []*candidate, names string) error {
	if names == "" {
		return nil
	}
	must, err := named(all, strings.Split(names, ","))
	if err != nil {
		return usage("%s: %w", requireEnv, err)
	}
	for _, c := range picked {
		c.required = c.required || slices.Contains(must, c)
	}
	return nil
}

// installed finds the gateways that are there. One that was asked for by its name must be; others are noted.
func installed(ctx context.Context, picked []*candidate) (there []*candidate, missing []report.Missing, err error) {
	for _, c := range picked {
		switch {
		case c.find(ctx):
			there = append(there, c)
		case errors.Is(c.err, gateway.ErrNotInstalled) && !c.required:
			missing = append(missing, report.Missing{Gateway: c.Name, Install: c.Install})
		default:
			return nil, nil, unclear(fmt.Errorf("nothing ran: %w", c.err))
		}
	}
	return there, missing, nil
}
