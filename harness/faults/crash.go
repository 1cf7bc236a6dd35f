package faults

import (
	"context"
	"errors"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// alive returns an error when p is dead.
func alive(p *upstream.Process) error {
	select {
	case <-p.Exited():
		return errors.New("look at the upstream's process: got a dead one, want one that lives")
	default:
		return nil
	}
}

// CrashAfterHeaders is an upstream that dies in the middle of its answer.
var CrashAfterHeaders = catalog.RegisterFault(catalog.Fault{
	ID:    "crash-after-headers",
	Title: "the upstream's process dies in the middle of its answer",
	Cause: cause.Bug, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce, AfterHead: true,
	What: "The head and a part of the body were sent when the process hits its bug and is gone. The kernel closes " +
		"its connections as if they were at their end, so the gateway sees a clean FIN, and only the declared " +
		"length tells that the answer is not whole.",
	Made: "A real upstream process that declares 1 MiB, sends 256 KiB and, when they have arrived, kills itself " +
		"with SIGKILL; it is started anew before each probe.",
	Confirmed: "Gatequake's own request gets a 200 whose body is cut, and a second one is refused.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.CrashAfterHead)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo:  undo,
			Rearm: func(ctx context.Context) error { return revive(ctx, p, upstream.CrashAfterHead) },
			Confirm: func(ctx context.Context) (string, error) {
				first, err := confirmCut(b)(ctx)
				if err != nil {
					return "", err
				}
				select {
				case <-p.Exited():
				case <-ctx.Done():
					return "", context.Cause(ctx)
				}
				second, err := confirmEnd(b, b.Plan.Upstream, client.Refused)(ctx)
				return first + "; then " + second, err
			},
		}, nil
	},
})
