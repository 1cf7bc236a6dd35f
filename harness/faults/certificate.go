package faults

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/upstream"
)

// CertificateExpired is an upstream whose certificate is over.
var CertificateExpired = harness.RegisterFault(harness.Fault{
	ID:    "certificate-expired",
	Title: "the upstream's certificate has expired",
	Cause: harness.Configuration, Type: harness.TLSCertificateError, Phase: harness.AtOnce, Route: harness.RouteSecure,
	What: "Nobody renewed it in time. A gateway that verifies its upstreams refuses to talk to this one; a gateway that does not verify sees no fault, and " +
		"would not see an impostor either.",
	Made:      "The upstream presents a certificate made at run time, from the right authority and for the right name, that ended yesterday.",
	Confirmed: "An own TLS handshake that verifies fails because the certificate has expired.",
	Inject: func(_ context.Context, b *harness.Bench) (*harness.Injection, error) {
		yesterday := time.Now().Add(-24 * time.Hour)
		cert, err := b.Authority.Issue(upstream.Leaf{Names: []string{b.SecureName()}, NotBefore: yesterday.Add(-24 * time.Hour), NotAfter: yesterday})
		if err != nil {
			return nil, err
		}
		undo := b.Secure.Origin.Present(cert)
		return &harness.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Confirm: func(ctx context.Context) (string, error) {
				err := b.Handshake(ctx, b.Plan.Secure)
				var invalid x509.CertificateInvalidError
				if !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
					return "", fmt.Errorf("handshake with %s: got %w, want an expired certificate", b.Plan.Secure, err)
				}
				return fmt.Sprintf("own TLS handshake with %s: the certificate has expired", b.Plan.Secure), nil
			},
		}, nil
	},
})
