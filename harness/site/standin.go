package site

import (
	"crypto/tls"

	"github.com/gatequake/gatequake/harness/upstream"
)

// Scripted returns the upstream as one whose answers can be changed. The error wraps errors.ErrUnsupported when it
// speaks another language than HTTP/1.
func (b *Bench) Scripted() (*upstream.Origin, error) {
	if b.Upstream.Origin == nil {
		return nil, Inapplicable("the upstream speaks " + b.Language() + ", and the fault is one of HTTP/1")
	}
	return b.Upstream.Origin, nil
}

// Plain returns nil if who stands in for the upstream need not speak TLS. The error wraps errors.ErrUnsupported.
func (b *Bench) Plain() error {
	if _, err := b.Scripted(); err != nil {
		return err
	}
	if b.StandsInTLS() {
		return Inapplicable("the upstream is spoken to over TLS, and who stands in for it in the fault speaks none")
	}
	return nil
}

// StandInTLS is what an origin that stands in for the upstream speaks TLS with; nil for plain text.
func (b *Bench) StandInTLS() (*tls.Config, error) {
	if !b.StandsInTLS() {
		return nil, nil
	}
	cert, err := b.Authority.Issue(upstream.Leaf{Names: b.SecureNames()})
	return &tls.Config{Certificates: []tls.Certificate{cert}}, err
}
