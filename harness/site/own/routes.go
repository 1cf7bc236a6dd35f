package own

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// noRoute reports whether the answer is that of a gateway which has no route for what was asked for: its own 404, where
// there is one in the steady state, or over TLS no answer at all, for want of a certificate.
func (s *Site) noRoute(o record.Observation, p site.Probe) bool {
	probe := s.ProbeOf(p)
	if probe == nil || o.By == record.ByUpstream || probe.Expect.Status == http.StatusNotFound {
		return false
	}
	return o.Status == http.StatusNotFound ||
		o.Status == 0 && o.End != client.TimedOut && strings.HasPrefix(probe.URL, gateway.SpeaksHTTPS+":")
}

// awaitRoutes waits until a gateway that takes connections has its routes, if it was seen without them: some load them
// only then. The sign is the bystander's route, where it leads to an upstream. Otherwise it is the route that is tried:
// the gateway's failure in the place of its 404. A gateway whose routes were there with its first answer is not asked,
// as it is to have seen nothing of its upstream.
func (s *Site) awaitRoutes(ctx context.Context) error {
	if !s.lateRoutes.Load() {
		return nil
	}
	p := site.Probe{Route: site.RouteMain, Within: site.Patience}
	if s.HasBystander() && len(s.BystanderProbe.Upstreams) > 0 {
		p.Route = site.RouteBystander
	}
	for g := s.B.Grace(); g.Left() > 0; {
		if !s.noRoute(s.B.Probe(ctx, p), p) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(site.LongestPoll / 10):
		}
	}
	return nil // What it answers is for the probes to tell.
}
