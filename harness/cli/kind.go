package cli

import (
	"context"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/runner"
)

// ownKind tells which of the known gateways the user's own is, by a program that its command names or else by what it
// calls itself in its answers: the version, "" if that does not say, and its definition, which is nil for a gateway
// that is not known.
func ownKind(ctx context.Context, o *gateway.Own) (version string, like *gateway.Definition) {
	all, err := candidates("")
	if err != nil {
		return "", nil
	}
	for _, c := range all {
		if program, ok := c.Runs(o.Command); ok {
			// One that does not say has none.
			version, _ := runner.Version(ctx, c.Definition, c.Asking(program), o.Dir, runner.Options{})
			return version, c.Definition
		}
	}
	for _, c := range all {
		if version, ok := c.Signed(o.Server); ok {
			return version, c.Definition
		}
	}
	return "", nil
}
