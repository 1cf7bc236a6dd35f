package faults

import (
	"context"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// connections is how many connections the limited upstream takes: as many as the other one has workers, which a
// small crowd fills.
const connections = site.Workers

// limited completes and registers an upstream at the upstream's address that is full of other clients, and ends
// every further connection as over says.
func limited(f catalog.Fault, over upstream.End, seen client.End) *catalog.Fault {
	f.Cause = cause.Overload
	f.Phase = catalog.AtOnce
	f.Inject = func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		options, err := b.StandIn()
		if err != nil {
			return nil, err
		}
		options.Limit, options.Over = connections, over
		_, undo, err := replace(ctx, b, func(at string) (*upstream.Origin, error) {
			return upstream.Start(at, options)
		})
		if err != nil {
			return nil, err
		}
		secure, at := b.Crowd()
		crowd, err := upstream.OccupyTLS(ctx, at, connections, secure)
		if err != nil {
			_ = undo(ctx)
			return nil, err
		}
		return &catalog.Injection{
			Undo:    func(ctx context.Context) error { crowd.Release(); return undo(ctx) },
			Confirm: confirmEnd(b, b.Plan.Upstream, seen),
		}, nil
	}
	return catalog.RegisterFault(f)
}

// ConnectionLimitReset is an upstream at its limit that resets.
var ConnectionLimitReset = limited(catalog.Fault{
	ID:    "connection-limit-reset",
	Title: "the upstream has all the connections it takes, and resets the others",
	Type:  proxystatus.ConnectionTerminated,
	What: "A server with a limit on connections, and a crowd that has taken them all. What comes on top is " +
		"accepted and reset before anything is read. It passes when somebody leaves; until then every attempt " +
		"meets the same.",
	Made: "An upstream at the upstream's address with room for four connections, and a crowd of four real clients " +
		"whose requests are being held; a connection beyond is closed with SO_LINGER 0.",
	Confirmed: "Every client of the crowd has the head of its answer; Gatequake's own request gets ECONNRESET.",
}, upstream.Reset, client.Reset)

// ConnectionLimitClose is an upstream at its limit that closes.
var ConnectionLimitClose = limited(catalog.Fault{
	ID:    "connection-limit-close",
	Title: "the upstream has all the connections it takes, and closes the others",
	Type:  proxystatus.ConnectionTerminated,
	What: "A server with a limit on connections, and a crowd that has taken them all. What comes on top is " +
		"accepted and ended in good order, with not a byte of an answer. It passes when somebody leaves; until " +
		"then every attempt meets the same.",
	Made: "An upstream at the upstream's address with room for four connections, and a crowd of four real clients " +
		"whose requests are being held; a connection beyond is closed.",
	Confirmed: "Every client of the crowd has the head of its answer; Gatequake's own request gets the end of the " +
		"connection and nothing before it.",
}, upstream.Close, client.Closed)
