package faults

import (
	"crypto/tls"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
)

// retired is the one cipher suite that the upstream is left with: RC4, which RFC 7465 forbids. It is one for the
// certificate of the upstream, whose key is ECDSA.
var retired = []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}

// TLSNoSharedCipher is an upstream that encrypts only in ways that gateways have given up.
var TLSNoSharedCipher = secured(catalog.Fault{
	ID: "tls-no-shared-cipher", Title: "the upstream and the gateway have no cipher suite in common",
	Type: proxystatus.TLSAlertReceived,
	What: "One side was hardened and the other was not: the upstream is left with cipher suites that the gateway's " +
		"library has given up. Their TLS versions agree, so nothing in either configuration looks wrong.",
	Made:      "The upstream speaks TLS 1.2 with RC4, and nothing else.",
	Confirmed: "Gatequake's own TLS handshake with today's suites gets an alert; one that offers RC4 is answered.",
}, func(c *tls.Config) {
	c.MinVersion, c.MaxVersion, c.CipherSuites = tls.VersionTLS12, tls.VersionTLS12, retired
},
	func(*site.Bench) (*tls.Config, error) {
		return &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: retired}, nil
	})
