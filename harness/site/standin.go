package site

import (
	"crypto/tls"

	"github.com/gatequake/gatequake/harness/upstream"
)

// StandIn returns what an origin that stands in for the upstream speaks: TLS if the upstream does, with a certificate
// of the world's authority for its names, and its language. The error wraps errors.ErrUnsupported where the upstream is
// not ours.
func (b *Bench) StandIn() (upstream.Options, error) {
	if _, err := b.Scripted(); err != nil {
		return upstream.Options{}, err
	}
	secure, err := b.StandInTLS()
	return upstream.Options{TLS: secure, Speaks: b.Plan.UpstreamSpeaks}, err
}

// StandInTLS is what who stands in for the upstream speaks TLS with; nil for plain text.
func (b *Bench) StandInTLS() (*tls.Config, error) {
	if !b.Plan.UpstreamTLS {
		return nil, nil
	}
	cert, err := b.Authority.Issue(upstream.Leaf{Names: b.Plan.SecureNames})
	return &tls.Config{Certificates: []tls.Certificate{cert}}, err
}

// Speakable returns nil if the upstream can behave so in the language that the gateway speaks to it. The error wraps
// errors.ErrUnsupported.
func (b *Bench) Speakable(how upstream.Behaviour) error {
	if upstream.InEveryLanguage(how) {
		return nil
	}
	return b.OnlyHTTP1()
}

// OnlyHTTP1 returns nil if the gateway speaks HTTP/1 to the upstream, as a fault needs whose stand-in speaks nothing
// else. The error wraps errors.ErrUnsupported.
func (b *Bench) OnlyHTTP1() error {
	names := map[upstream.Language]string{
		upstream.HTTP2Spoken: "HTTP/2", upstream.FastCGISpoken: "FastCGI",
		upstream.UWSGISpoken: "uwsgi", upstream.SCGISpoken: "SCGI",
	}
	if name := names[b.Plan.UpstreamSpeaks]; name != "" {
		return Inapplicable("this fault's stand-in server does not speak " + name + " yet")
	}
	return nil
}

// Crowd are the configuration of TLS and the address with which a crowd comes to the upstream past the gateway.
func (b *Bench) Crowd() (secure *tls.Config, at string) {
	if b.Plan.UpstreamTLS {
		secure = b.ToUpstream(b.Plan.Upstream).TLS
	}
	return secure, b.Plan.Upstream.String()
}
