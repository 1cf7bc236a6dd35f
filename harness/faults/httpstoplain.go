package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
)

// clearText is what Go's server answers a ClientHello, up to the last byte (net/http, server.go: badRequest); nginx,
// Apache and others say the same with another page.
const clearText = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
	"400 Bad Request"

// HTTPSToPlain is a configuration that speaks TLS to an upstream that does not, and says so.
var HTTPSToPlain = catalog.RegisterFault(catalog.Fault{
	ID:    "https-to-plain",
	Title: "the gateway speaks TLS to an upstream that speaks plain HTTP",
	Cause: cause.Configuration, Type: proxystatus.TLSProtocolError, Phase: catalog.AtOnce, Route: site.RouteSecure,
	What: "The scheme in the configuration is wrong: the gateway opens with a TLS ClientHello, and the upstream " +
		"takes it for a broken request. Most servers answer that as any other: with a 400 in clear text, where the " +
		"gateway waits for a handshake.",
	Made: "The gateway is restarted with the plain upstream's address in its TLS route; the upstream answers a " +
		"ClientHello as Go's server does.",
	Confirmed: "Gatequake's own TLS handshake with that address gets clear text that begins with HTTP/.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		injection, err := secureToPlain(ctx, b, func(err error) bool {
			var plain tls.RecordHeaderError
			return errors.As(err, &plain) && strings.HasPrefix(string(plain.RecordHeader[:]), "HTTP/")
		})
		if err != nil {
			return nil, err
		}
		quietly, right := b.Upstream.Origin.Misread([]byte(clearText)), injection.Undo
		injection.Undo = func(ctx context.Context) error { quietly(); return right(ctx) }
		return injection, nil
	},
})

// HTTPSToPlainSilent is the same with an upstream that does not say so.
var HTTPSToPlainSilent = catalog.RegisterFault(catalog.Fault{
	ID:    "https-to-plain-silent",
	Title: "the gateway speaks TLS to an upstream that speaks plain HTTP, and closes without a word",
	Cause: cause.Configuration, Type: proxystatus.TLSProtocolError, Phase: catalog.AtOnce, Route: site.RouteSecure,
	What: "The scheme in the configuration is wrong, and the upstream is one that answers nothing that it cannot " +
		"read: all that the gateway sees of it is a connection that ends in the middle of a handshake.",
	Made: "The gateway is restarted with the plain upstream's address in its TLS route; the upstream ends what " +
		"does not begin like a request.",
	Confirmed: "Gatequake's own TLS handshake with that address meets the end of the connection, before any byte.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return secureToPlain(ctx, b, func(err error) bool { return errors.Is(err, io.EOF) })
	},
})

// secureToPlain restarts the gateway with the plain upstream's address in its TLS route. A handshake with that upstream
// must fail so.
func secureToPlain(ctx context.Context, b *site.Bench, so func(error) bool) (*catalog.Injection, error) {
	return deployed(func(b *site.Bench, v *gateway.Vars) { v.Secure = b.Plan.Upstream },
		func(b *site.Bench) confirmation {
			return func(ctx context.Context) (string, error) {
				err := b.Handshake(ctx, b.Plan.Upstream)
				if err == nil || !so(err) {
					return "", fmt.Errorf("handshake with %s: got %w, want it to fail as Confirmed says",
						b.Plan.Upstream, err)
				}
				return fmt.Sprintf("Gatequake's own TLS handshake with %s: %v", b.Plan.Upstream, err), nil
			}
		})(ctx, b)
}
