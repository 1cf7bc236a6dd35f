package faults

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// day is far from now in a certificate's life, whatever the clocks and the time zones.
const day = 24 * time.Hour

// presented completes and registers an upstream whose certificate is wrong: issue makes it, and is tells by the
// error of an own handshake that it is wrong in that way.
func presented(f catalog.Fault, issue func(*site.Bench) (tls.Certificate, error), is func(error) bool) *catalog.Fault {
	f.Cause, f.Type, f.Phase, f.Route = cause.Configuration, proxystatus.TLSCertificateError, catalog.AtOnce,
		site.RouteSecure
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		cert, err := issue(b)
		if err != nil {
			return nil, err
		}
		undo := b.Secure.Origin.Present(cert)
		return &catalog.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Confirm: func(ctx context.Context) (string, error) {
				if err := b.Handshake(ctx, b.Plan.Secure); !is(err) {
					return "", fmt.Errorf("handshake with %s: got %w, want: %s", b.Plan.Secure, err, f.Title)
				}
				return fmt.Sprintf("Gatequake's own TLS handshake with %s: %s", b.Plan.Secure, f.Title), nil
			},
		}, nil
	}
	return catalog.RegisterFault(f)
}

// outside reports whether err is about a certificate that is not valid now, and begins after now or not.
func outside(err error, begins bool) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired &&
		invalid.Cert.NotBefore.After(time.Now()) == begins
}

// CertificateExpired is an upstream whose certificate is over.
var CertificateExpired = presented(catalog.Fault{
	ID: "certificate-expired", Title: "the upstream's certificate has expired",
	What: "Nobody renewed it in time. A gateway that verifies its upstreams refuses to talk to this one; a gateway " +
		"that does not verify sees no fault, and would not see an impostor either.",
	Made: "The upstream presents a certificate made at run time, from the right authority and for the right name, " +
		"that ended yesterday.",
	Confirmed: "Gatequake's own TLS handshake that verifies fails because the certificate has expired.",
}, func(b *site.Bench) (tls.Certificate, error) {
	yesterday := time.Now().Add(-day)
	return b.Authority.Issue(upstream.Leaf{
		Names: []string{b.SecureName()}, NotBefore: yesterday.Add(-day),
		NotAfter: yesterday,
	})
}, func(err error) bool { return outside(err, false) })

// CertificateNotYetValid is an upstream whose certificate is for later.
var CertificateNotYetValid = presented(catalog.Fault{
	ID: "certificate-not-yet-valid", Title: "the upstream's certificate is not valid yet",
	What: "It was issued for next week and rolled out today; or it is right, and a clock is wrong. Nothing will " +
		"have been changed when it begins to work by itself.",
	Made: "The upstream presents a certificate made at run time, from the right authority and for the right name, " +
		"that begins tomorrow.",
	Confirmed: "Gatequake's own TLS handshake that verifies fails because the certificate begins later.",
}, func(b *site.Bench) (tls.Certificate, error) {
	return b.Authority.Issue(upstream.Leaf{Names: []string{b.SecureName()}, NotBefore: time.Now().Add(day)})
}, func(err error) bool { return outside(err, true) })

// CertificateUntrusted is an upstream whose certificate comes from nobody the gateway knows.
var CertificateUntrusted = presented(catalog.Fault{
	ID:    "certificate-untrusted",
	Title: "the upstream's certificate is from an authority that the gateway does not trust",
	What: "A self-signed certificate that was meant for a day, an authority that was replaced, an intermediate " +
		"that was left out; or somebody who listens in. A gateway cannot tell these apart, and must not talk to " +
		"any of them.",
	Made: "The upstream presents a certificate made at run time, for the right name, from an authority of its " +
		"own.",
	Confirmed: "Gatequake's own TLS handshake that verifies fails because the authority is unknown.",
}, func(b *site.Bench) (tls.Certificate, error) {
	stranger, err := upstream.NewAuthority()
	if err != nil {
		return tls.Certificate{}, err
	}
	return stranger.Issue(upstream.Leaf{Names: []string{b.SecureName()}})
}, func(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown)
})

// CertificateWrongName is an upstream that proves to be somebody else.
var CertificateWrongName = presented(catalog.Fault{
	ID: "certificate-wrong-name", Title: "the upstream's certificate is for another name",
	What: "The service was renamed, or the gateway reached the default host of a shared machine: the certificate " +
		"is good, and somebody else's. A gateway that verifies the authority alone, and not the name, takes " +
		"anybody with a certificate for its upstream.",
	Made:      "The upstream presents a certificate made at run time, from the right authority, for another name.",
	Confirmed: "Gatequake's own TLS handshake that verifies fails because of the name.",
}, func(b *site.Bench) (tls.Certificate, error) {
	return b.Authority.Issue(upstream.Leaf{Names: []string{"other." + b.SecureName()}})
}, func(err error) bool {
	var name x509.HostnameError
	return errors.As(err, &name)
})
