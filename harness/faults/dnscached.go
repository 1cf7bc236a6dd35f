package faults

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// keptFor is the time to live of the upstream's name where it may be kept: longer than any experiment lasts.
const keptFor = 10 * time.Minute

// DNSOutageCached is a nameserver that is away for less time than its answers live.
var DNSOutageCached = catalog.RegisterFault(catalog.Fault{
	ID:    "dns-outage-cached",
	Title: "the nameserver is silent and the upstream's name was resolved before (control: no error)",
	Cause: cause.DNS, Phase: catalog.Resolving, Route: site.RouteNamed,
	Control: &record.Expectation{Statuses: []int{http.StatusOK}, By: record.ByUpstream},
	What: "An answer of a nameserver is good for as long as its time to live says, whatever becomes of the " +
		"nameserver meanwhile. A gateway that keeps it that long does not notice a short outage; one that asks " +
		"anew for each connection is down with its nameserver.",
	Made: fmt.Sprintf("The upstream's name has a time to live of %s and is resolved in the steady state; then the "+
		"world's nameserver answers no query, and the connections that are pooled are ended.", keptFor),
	Confirmed: "Gatequake's own query for the upstream's name gets no reply; its address answers 200.",
	Prepare:   func(p *site.Plan) { p.NamedFor = keptFor },
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		return resolver(b, dns.Silence{}, func(ctx context.Context) (string, error) {
			within, cancel := context.WithTimeout(ctx, silenceWindow)
			defer cancel()
			reply, err := dns.Ask(within, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
			if !timedOut(err) {
				return "", fmt.Errorf("ask for %s: got %s (%w), want no reply in %s", b.Plan.Named.Host,
					reply.Rcode, err, silenceWindow)
			}
			well, err := confirmStatus(b, b.Plan.Upstream, http.StatusOK, 0)(ctx)
			return fmt.Sprintf("Gatequake's own query for %s: no reply in %s; %s", b.Plan.Named.Host, silenceWindow, well), err
		}), nil
	},
})
