package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

// deployed injects a wrong configuration: the gateway is restarted with it, as by a deployment, and restarted with the right one to undo it.
func deployed(change func(*harness.Bench, *gateway.Vars), confirm func(*harness.Bench) confirmation) func(context.Context, *harness.Bench) (*harness.Injection, error) {
	return func(ctx context.Context, b *harness.Bench) (*harness.Injection, error) {
		undo, err := b.Reconfigure(ctx, func(v *gateway.Vars) { change(b, v) })
		if err != nil {
			return nil, err
		}
		return &harness.Injection{Undo: undo, Confirm: confirm(b)}, nil
	}
}

// WrongPort is a configuration that names a port nobody serves.
var WrongPort = harness.RegisterFault(harness.Fault{
	ID:    "wrong-port",
	Title: "the gateway's configuration names a port that nobody serves",
	Cause: harness.Configuration, Type: harness.ConnectionRefused, Phase: harness.AtOnce,
	What:      "The upstream is healthy; the gateway asks at the wrong door. It is what a typing error, or a service that moved, looks like.",
	Made:      "The gateway is restarted with another port of the upstream's host in its configuration.",
	Confirmed: "An own dial to that port gets ECONNREFUSED.",
	Inject: deployed(func(b *harness.Bench, v *gateway.Vars) { v.Upstream = b.Plan.Nobody },
		func(b *harness.Bench) confirmation { return ends(b, b.Plan.Nobody, client.Refused) }),
})

// HTTPSToPlain is a configuration that speaks TLS to an upstream that does not.
var HTTPSToPlain = harness.RegisterFault(harness.Fault{
	ID:    "https-to-plain",
	Title: "the gateway speaks TLS to an upstream that speaks plain HTTP",
	Cause: harness.Configuration, Type: harness.TLSProtocolError, Phase: harness.AtOnce, Route: harness.RouteSecure,
	What:      "The scheme in the configuration is wrong: the gateway opens with a TLS ClientHello, and the upstream takes it for a broken request.",
	Made:      "The gateway is restarted with the plain upstream's address in its TLS route.",
	Confirmed: "An own TLS handshake with that address fails because what comes back is not TLS, or nothing.",
	Inject: deployed(func(b *harness.Bench, v *gateway.Vars) { v.Secure = b.Plan.Upstream },
		func(b *harness.Bench) confirmation {
			return func(ctx context.Context) (string, error) {
				err := b.Handshake(ctx, b.Plan.Upstream)
				var verify *tls.CertificateVerificationError
				if err == nil || errors.As(err, &verify) {
					return "", fmt.Errorf("handshake with %s: got %w, want one that fails before there is a certificate", b.Plan.Upstream, err)
				}
				return fmt.Sprintf("own TLS handshake with %s: %v", b.Plan.Upstream, err), nil
			}
		}),
})

// PlainToHTTPS is a configuration that speaks plain HTTP to an upstream that wants TLS.
var PlainToHTTPS = harness.RegisterFault(harness.Fault{
	ID:    "plain-to-https",
	Title: "the gateway speaks plain HTTP to an upstream that speaks TLS",
	Cause: harness.Configuration, Type: harness.HTTPProtocolError, Phase: harness.AtOnce,
	What: "The scheme in the configuration is wrong the other way: the upstream's TLS library reads a plain request, sends an alert and closes. (Many servers " +
		"answer with a plain 400 of their own instead; that is the upstream's answer, and is relayed.)",
	Made:      "The gateway is restarted with the TLS upstream's address in its plain route.",
	Confirmed: "An own plain request to that address gets bytes that are no HTTP, or the end of the connection.",
	Inject: deployed(func(b *harness.Bench, v *gateway.Vars) { v.Upstream = b.Plan.Secure },
		func(b *harness.Bench) confirmation {
			return func(ctx context.Context) (string, error) {
				r, _ := b.Direct(ctx, b.Plan.Secure, 10*quiet)
				if r.End != client.Malformed && r.End != client.Truncated && r.End != client.Closed {
					return "", fmt.Errorf("ask %s: got %d %s, want no HTTP", b.Plan.Secure, r.Status, r.End)
				}
				return fmt.Sprintf("own plain request to %s: %s", b.Plan.Secure, r.End), nil
			}
		}),
})
