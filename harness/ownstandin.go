package harness

import (
	"crypto/tls"

	"github.com/gatequake/gatequake/harness/upstream"
)

// Scripted returns the upstream as one whose answers can be changed. The error wraps errors.ErrUnsupported when it speaks another language than HTTP/1.
func (b *Bench) Scripted() (*upstream.Origin, error) {
	if b.Upstream.Origin == nil {
		return nil, inapplicable("the upstream speaks " + b.ours.Upstream.Speaks + ", and the fault is one of HTTP/1")
	}
	return b.Upstream.Origin, nil
}

// Plain returns nil if who stands in for the upstream need not speak TLS. The error wraps errors.ErrUnsupported.
func (b *Bench) Plain() error {
	if _, err := b.Scripted(); err != nil {
		return err
	}
	if b.ours != nil && b.ours.Upstream.TLS {
		return inapplicable("the upstream is spoken to over TLS, and who stands in for it in the fault speaks none")
	}
	return nil
}

// StandInTLS is what an origin that stands in for the upstream speaks TLS with; nil for plain text.
func (b *Bench) StandInTLS() (*tls.Config, error) {
	if b.ours == nil || !b.ours.Upstream.TLS {
		return nil, nil
	}
	cert, err := b.Authority.Issue(upstream.Leaf{Names: b.ours.Upstream.CalledBy()})
	return &tls.Config{Certificates: []tls.Certificate{cert}}, err
}

// checked is the request by which the gateway looks by itself whether the upstream is well, or "".
func (b *Bench) checked() string {
	if b.ours == nil {
		return ""
	}
	return b.ours.Upstream.Checked
}

// veil is what stands between own dials and some faults of the upstream: a Unix socket, another language than HTTP/1, a link that cannot be read; "" for nothing.
func (b *Bench) veil() string {
	switch {
	case b.ours == nil:
		return ""
	case b.there != nil && b.blind():
		return "a link that cannot be read"
	case b.there != nil:
		return ""
	case b.ours.Upstream.Socket != "":
		return "a Unix socket"
	case b.Upstream.Origin == nil:
		return "a connection that speaks " + b.ours.Upstream.Speaks
	}
	return ""
}
