package site

import (
	"context"
	"net/http"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
)

// Post posts to the main route once, or to another path of the same gateway, as an ordinary client would, and waits
// at most ten seconds.
func (b *Bench) Post(ctx context.Context, path ...string) record.Observation {
	return b.Probe(ctx, Probe{Method: http.MethodPost, Ask: Ask{Path: strings.Join(path, "")}, Within: Patience})
}

// Visit probes the route once, as an ordinary client would, and waits at most ten seconds.
func (b *Bench) Visit(ctx context.Context, r Route) record.Observation {
	return b.Probe(ctx, Probe{Route: r, Within: Patience})
}

// Ask probes the gateway once, as the client that a describes, and waits at most ten seconds.
func (b *Bench) Ask(ctx context.Context, a Ask) record.Observation {
	return b.Probe(ctx, Probe{Ask: a, Within: Patience})
}
