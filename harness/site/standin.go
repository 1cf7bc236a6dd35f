package site

import (
	"crypto/tls"

	"github.com/gatequake/gatequake/harness/upstream"
)

// Plain returns nil if who stands in for the upstream need not speak TLS. The error wraps errors.ErrUnsupported.
func (b *Bench) Plain() error {
	if _, err := b.Scripted(); err != nil {
		return err
	}
	if b.Plan.UpstreamTLS {
		return Inapplicable("the upstream is spoken to over TLS, and who stands in for it in the fault speaks none")
	}
	return nil
}

// StandInTLS is what an origin that stands in for the upstream speaks TLS with; nil for plain text.
func (b *Bench) StandInTLS() (*tls.Config, error) {
	if !b.Plan.UpstreamTLS {
		return nil, nil
	}
	cert, err := b.Authority.Issue(upstream.Leaf{Names: b.Plan.SecureNames})
	return &tls.Config{Certificates: []tls.Certificate{cert}}, err
}
