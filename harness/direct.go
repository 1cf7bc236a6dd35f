package harness

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
)

// Direct sends one GET straight to an upstream's address, past the gateway, and waits at most within. Faults are confirmed with it.
func (b *Bench) Direct(ctx context.Context, to netip.AddrPort, within time.Duration) (client.Response, string) {
	r, _ := b.request(Probe{})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	nonce := r.Header[0].Value
	return b.site.toUpstream(to).Once(ctx, to, netip.Addr{}, b.site.question(r, nonce)), nonce
}

// Handshake makes a TLS connection straight to an upstream's address and verifies its certificate as the gateway should.
func (b *Bench) Handshake(ctx context.Context, to netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d := tls.Dialer{NetDialer: &net.Dialer{}, Config: &tls.Config{ServerName: b.SecureName(), RootCAs: b.Authority.Pool()}}
	c, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return err
	}
	return c.Close()
}

// DirectHTTP2 sends one GET straight to the address of the upstream that speaks HTTP/2, and waits at most within.
func (b *Bench) DirectHTTP2(ctx context.Context, within time.Duration) (client.Response, string) {
	r, _ := b.request(Probe{})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return client.Way{Protocol: client.H2C}.Once(ctx, b.Plan.HTTP2, netip.Addr{}, r), r.Header[0].Value
}
