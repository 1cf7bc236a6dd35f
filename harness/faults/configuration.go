package faults

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// deployed injects a wrong configuration: the gateway is restarted with it, as by a deployment, and restarted
// with the right one to undo it.
func deployed(
	change func(*site.Bench, *gateway.Vars), confirm func(*site.Bench) confirmation,
) func(context.Context, *site.Bench) (*catalog.Injection, error) {
	return func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.Reconfigure(ctx, func(v *gateway.Vars) { change(b, v) })
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirm(b)}, nil
	}
}

// WrongPort is a configuration that names a port nobody serves.
var WrongPort = catalog.RegisterFault(catalog.Fault{
	ID:    "wrong-port",
	Title: "the gateway's configuration names a port that nobody serves",
	Cause: cause.Configuration, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce,
	What: "The upstream is healthy; the gateway asks at the wrong door. It is what a typing error, or a service " +
		"that moved, looks like.",
	Made:      "The gateway is restarted with another port of the upstream's host in its configuration.",
	Confirmed: "Gatequake's own dial to that port gets ECONNREFUSED.",
	Inject: deployed(func(b *site.Bench, v *gateway.Vars) { v.Upstream = b.Plan.Nobody },
		func(b *site.Bench) confirmation { return confirmEnd(b, b.Plan.Nobody, client.Refused) }),
})

// WrongAddress is a configuration that names another machine.
var WrongAddress = catalog.RegisterFault(catalog.Fault{
	ID: "wrong-address", Title: "the gateway's configuration names another machine's address",
	Cause: cause.Configuration, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce,
	Needs: []world.Need{world.SourceAddress}, // A second machine, which in portable mode is a second loopback address.
	What: "One digit is wrong, or the configuration is that of another environment. The machine at that address is " +
		"up and serves something else, on other ports; the upstream is healthy and idle.",
	Made: "The gateway is restarted with the address of another machine, at which nothing listens, in its " +
		"configuration.",
	Confirmed: "Gatequake's own dial to that address gets ECONNREFUSED.",
	Inject: deployed(func(b *site.Bench, v *gateway.Vars) { v.Upstream = otherAddress(b) },
		func(b *site.Bench) confirmation { return confirmEnd(b, otherAddress(b), client.Refused) }),
})

// otherAddress is the upstream's port on another machine.
func otherAddress(b *site.Bench) netip.AddrPort {
	return netip.AddrPortFrom(b.Plan.Stranger, b.Plan.Upstream.Port())
}

// mistyped is a name that nobody has.
const mistyped = "oders.upstream.test"

// WrongHost is a configuration that names a host nobody has.
var WrongHost = catalog.RegisterFault(catalog.Fault{
	ID: "wrong-host", Title: "the gateway's configuration names a host that does not exist",
	Cause: cause.Configuration, Type: proxystatus.DNSError, Phase: catalog.Resolving, Route: site.RouteNamed,
	What: "A typing error in a name. The nameserver is well and says with authority that there is no such host; a " +
		"gateway that looks its names up at start may refuse to start at all, which is a deployment that fails in " +
		"the open.",
	Made: "The gateway is restarted with a misspelt name in its configuration, one that it looks up when it is " +
		"asked.",
	Confirmed: "Gatequake's own query for that name is answered NXDOMAIN, and one for the right name with an address.",
	Inject: deployed(func(_ *site.Bench, v *gateway.Vars) { v.Named.Host = mistyped },
		func(b *site.Bench) confirmation {
			return func(ctx context.Context) (string, error) {
				wrong, err := dns.Ask(ctx, b.Plan.Nameserver.String(), mistyped, typeA)
				if err != nil || wrong.Rcode != dns.NXDOMAIN.String() {
					return "", fmt.Errorf("ask for %s: got %s (%w), want NXDOMAIN", mistyped, wrong.Rcode, err)
				}
				right, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
				if err != nil || len(right.Addresses) == 0 {
					return "", fmt.Errorf("ask for %s: got %s (%w), want an address", b.Plan.Named.Host,
						right.Rcode, err)
				}
				return fmt.Sprintf("Gatequake's own query for %s: NXDOMAIN; for %s: an address", mistyped, b.Plan.Named.Host), nil
			}
		}),
})

// EmptyPool is a configuration that leaves nobody to ask.
var EmptyPool = catalog.RegisterFault(catalog.Fault{
	ID: "empty-pool", Title: "every member of the gateway's pool is marked down",
	Cause: cause.Configuration, Type: proxystatus.DestinationUnavailable, Phase: catalog.AtOnce,
	What: "Somebody took the members out for maintenance, one after the other, and nobody put them back. Nothing " +
		"is wrong with any of them: the gateway was told not to ask.",
	Made:      "The gateway is restarted with the one member of its pool marked down in its configuration.",
	Confirmed: "Gatequake's own request to the member is answered 200: it is well, and only marked.",
	Inject: deployed(func(_ *site.Bench, v *gateway.Vars) { v.Down = true },
		func(b *site.Bench) confirmation { return confirmStatus(b, b.Plan.Upstream, http.StatusOK, 0) }),
})

// PlainToHTTPS is a configuration that speaks plain HTTP to an upstream that wants TLS.
var PlainToHTTPS = catalog.RegisterFault(catalog.Fault{
	ID:    "plain-to-https",
	Title: "the gateway speaks plain HTTP to an upstream that speaks TLS",
	Cause: cause.Configuration, Type: proxystatus.HTTPProtocolError, Phase: catalog.AtOnce,
	What: "The scheme in the configuration is wrong the other way: the upstream's TLS library reads a plain " +
		"request, sends an alert and closes. (Many servers answer with a plain 400 of their own instead; that is " +
		"the upstream's answer, and is relayed.)",
	Made:      "The gateway is restarted with the TLS upstream's address in its plain route.",
	Confirmed: "Gatequake's own plain request to that address gets bytes that are no HTTP, or the end of the connection.",
	Inject: deployed(func(b *site.Bench, v *gateway.Vars) { v.Upstream = b.Plan.Secure },
		func(b *site.Bench) confirmation {
			return func(ctx context.Context) (string, error) {
				r, _ := b.Direct(ctx, b.Plan.Secure, 10*silenceWindow)
				if r.End != client.Malformed && r.End != client.Truncated && r.End != client.Closed {
					return "", fmt.Errorf("ask %s: got %d %s, want no HTTP", b.Plan.Secure, r.Status, r.End)
				}
				return fmt.Sprintf("Gatequake's own plain request to %s: %s", b.Plan.Secure, r.End), nil
			}
		}),
})
