package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// harmless reports whether the probe's first request changes nothing (RFC 9110, section 9.2.1).
func harmless(p *gateway.Probe) bool {
	return len(p.Methods) == 0 ||
		slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, p.Methods[0])
}

// ask sends the probe's request, and no other: what becomes of the connection is not asked for yet, and a request that
// acts must not be sent twice.
func (e *Gateway) ask(ctx context.Context, p *gateway.Probe) record.Observation {
	at := e.site(gateway.Target{Probe: *p})
	at.BystanderProbe = nil
	return at.B.Probe(ctx, site.Probe{Within: site.Patience, Ask: site.Ask{Described: p}})
}

// steady waits for the answer that the file wants, or for any that is no error of a server.
func (e *Gateway) steady(ctx context.Context, p *gateway.Probe) (o record.Observation, begun time.Time, err error) {
	late, cancel := context.WithTimeout(ctx, record.SteadyTimeout)
	defer cancel()
	want := "an answer below 500"
	if p.Expect.Status != 0 {
		want = fmt.Sprintf("the %d that is expected", p.Expect.Status)
	}
	for {
		begun = time.Now()
		last := o
		o = e.ask(late, p)
		if o.Answered() &&
			(o.Status == p.Expect.Status || p.Expect.Status == 0 && o.Status < http.StatusInternalServerError) {
			return o, begun, nil
		}
		o = site.UnlessCutShort(late, o, last)
		select {
		case <-late.Done():
			return o, begun, errors.Join(
				ctx.Err(),
				fmt.Errorf("%s: got %s, want %s%s", p.URL, brief(o), want, e.idle()),
			)
		case <-time.After(site.LongestPoll):
		}
	}
}

// brief is the answer without its author, who is not known yet.
func brief(o record.Observation) string {
	s := strings.ReplaceAll(o.String(), " by "+string(o.By), "")
	if o.Error != "" {
		s += " (" + o.Error + ")"
	}
	return s
}

// idle tells of links that nobody has used, which is the most likely reason when a gateway does not serve.
func (e *Gateway) idle() string {
	all := []string{}
	for _, s := range e.links {
		if len(s.tap.Since(time.Time{})) == 0 {
			all = append(all, fmt.Sprintf("%s at %s", s.Name, s.Listen))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "; nobody has dialled the link " + strings.Join(
		all,
		", or ",
	) + ": is it what the gateway's configuration names?"
}
