package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// AcceptQueueFull is an upstream that is too busy to accept.
var AcceptQueueFull = catalog.RegisterFault(catalog.Fault{
	ID:    "accept-queue-full",
	Title: "the upstream's accept queue is full",
	Cause: cause.Overload, Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting,
	Also:  []site.State{site.Balanced},
	Needs: []world.Need{world.AcceptQueue},
	What: "An overloaded server stops accepting: its kernel queues finished handshakes until the queue is full, " +
		"and then drops every further SYN without a word. To the gateway the machine seems gone, though the " +
		"process lives.",
	Made:      "A real listener at the upstream's address with a backlog of 0, filled, that never accepts.",
	Confirmed: "Gatequake's own dial to the address gets no reply.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		_, undo, err := replace(ctx, b, upstream.FullQueue)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmNoReply(b, b.Plan.Upstream)}, nil
	},
})
