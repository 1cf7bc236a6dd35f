package harness

import (
	"context"
	"net/http"
	"strings"
)

// Post posts to the main route once, or to another path of the same gateway, as an ordinary client would, and waits at most ten seconds.
func (b *Bench) Post(ctx context.Context, path ...string) Observation {
	return b.Probe(ctx, Probe{Method: http.MethodPost, Ask: Ask{Path: strings.Join(path, "")}, Within: patience})
}

// Visit probes the route once, as an ordinary client would, and waits at most ten seconds.
func (b *Bench) Visit(ctx context.Context, r Route) Observation {
	return b.Probe(ctx, Probe{Route: r, Within: patience})
}

// Ask probes the gateway once, as the client that a describes, and waits at most ten seconds.
func (b *Bench) Ask(ctx context.Context, a Ask) Observation {
	return b.Probe(ctx, Probe{Ask: a, Within: patience})
}
