package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// OutOfDescriptors is an upstream process that can open nothing more.
var OutOfDescriptors = catalog.RegisterFault(catalog.Fault{
	ID:    "out-of-descriptors",
	Title: "the upstream's process has no file descriptor left",
	Cause: cause.Overload, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	What: "Every connection takes a descriptor, and a process has only so many. When none is left its accept " +
		"fails, again and again; its kernel goes on completing handshakes in its name, so to a gateway the " +
		"connection stands, the request is delivered, and nothing comes of it.",
	Made: "A real upstream process at the upstream's address whose RLIMIT_NOFILE is lowered below what it has open " +
		"already, by prlimit; undone by raising it again.",
	Confirmed: "Gatequake's own request connects and gets nothing, while the process lives.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		p, undo, err := process(ctx, b, upstream.Healthy)
		if err != nil {
			return nil, err
		}
		restore, err := p.Exhaust()
		if err != nil {
			_ = undo(ctx)
			return nil, err
		}
		return &catalog.Injection{
			Undo: func(ctx context.Context) error {
				_ = restore() // It gets to answer what it was asked meanwhile; a POST sent twice would show.
				return undo(ctx)
			},
			Confirm: func(ctx context.Context) (string, error) {
				if err := alive(p); err != nil {
					return "", err
				}
				return confirmSilence(b, b.Plan.Upstream)(ctx)
			},
		}, nil
	},
})
