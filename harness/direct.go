package harness

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/upstream"
)

// Direct sends one GET straight to an upstream's address, past the gateway, and waits at most within. Faults are confirmed with it.
func (b *Bench) Direct(ctx context.Context, to netip.AddrPort, within time.Duration) (client.Response, string) {
	r, _ := b.request(Probe{})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	nonce := r.Header[0].Value
	switch {
	case b.there != nil:
		r = b.asked(nonce)
	case b.ours != nil:
		r = direct(b.ours.Upstream, nonce)
	}
	return b.toUpstream(to).Once(ctx, to, netip.Addr{}, r), nonce
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

// catalogueSound proves, without the gateway, that every upstream of the catalogue's works.
func (b *Bench) catalogueSound(ctx context.Context) error {
	for _, at := range []netip.AddrPort{b.Plan.Upstream, b.Plan.Spare, b.Plan.Bystander} {
		r, nonce := b.Direct(ctx, at, patience)
		if r.Header.Get(upstream.StampHeader) != nonce || r.End != client.Complete {
			return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", at, r.Status, r.End, r.Error)
		}
	}
	if r, nonce := b.DirectHTTP2(ctx, patience); r.Header.Get(upstream.StampHeader) != nonce || r.End != client.Complete {
		return fmt.Errorf("upstream %s: got %d (%s %s), want a stamped 200", b.Plan.HTTP2, r.Status, r.End, r.Error)
	}
	if err := b.Handshake(ctx, b.Plan.Secure); err != nil {
		return fmt.Errorf("upstream %s: %w", b.Plan.Secure, err)
	}
	if r, _ := b.Direct(ctx, b.Plan.Auth, patience); r.Status != http.StatusOK {
		return fmt.Errorf("auth service %s: got %d (%s %s), want a 200", b.Plan.Auth, r.Status, r.End, r.Error)
	}
	return nil
}
