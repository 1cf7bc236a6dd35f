package site

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/stamp"
)

// Direct sends one GET straight to an upstream's address, past the gateway, and waits at most within. Faults are
// confirmed with it.
func (b *Bench) Direct(ctx context.Context, to netip.AddrPort, within time.Duration) (client.Response, string) {
	r, _ := b.Request(Probe{})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	nonce := r.Header[0].Value
	return b.ToUpstream(to).Once(ctx, to, netip.Addr{}, b.Question(r, nonce)), nonce
}

// Handshake makes a TLS connection straight to an upstream's address and verifies its certificate as the gateway
// should.
func (b *Bench) Handshake(ctx context.Context, to netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	d := tls.Dialer{
		NetDialer: &net.Dialer{},
		Config:    &tls.Config{ServerName: b.SecureName(), RootCAs: b.Authority.Pool()},
	}
	c, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return err
	}
	return c.Close()
}

// DirectHTTP2 sends one GET straight to the address of the upstream that speaks HTTP/2, and waits at most within.
func (b *Bench) DirectHTTP2(ctx context.Context, within time.Duration) (client.Response, string) {
	r, _ := b.Request(Probe{})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	way := client.Way{Protocol: client.H2C}
	if b.Plan.UpstreamTLS && b.Plan.HTTP2 == b.Plan.Upstream {
		way = client.Way{Protocol: client.H2, TLS: b.ToUpstream(b.Plan.Upstream).TLS}
	}
	return way.Once(ctx, b.Plan.HTTP2, netip.Addr{}, r), r.Header[0].Value
}

// Open connects to the upstream as the gateway does, past it.
func (b *Bench) Open(ctx context.Context) (*client.Conn, error) {
	return b.ToUpstream(b.Plan.Upstream).Open(ctx, b.Plan.Upstream, netip.Addr{})
}

// Dial is Open for who writes and reads bytes.
func (b *Bench) Dial(ctx context.Context) (net.Conn, error) {
	return b.ToUpstream(b.Plan.Upstream).Connect(ctx, b.Plan.Upstream, netip.Addr{})
}

// Answers reports whether a TCP connection to the address is made in that time, where the upstream is spoken to over
// TLS and a request tells no more than that nothing came of it. Elsewhere it is false.
func (b *Bench) Answers(ctx context.Context, at netip.AddrPort, within time.Duration) bool {
	if !b.Plan.UpstreamTLS {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	c, err := client.Way{}.Connect(ctx, at, netip.Addr{})
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// Answer is what an upstream says to an own request while nothing is broken.
type Answer struct {
	client.Response
	// Head is how many bytes the head has on the wire, All how many there are in all; 0 if that cannot be told.
	Head, All int64
	// Chunked is true when the body is sent in chunks.
	Chunked bool
}

// Ordinary asks the upstream past the gateway, as own dials do. The status is that of the catalogue's upstream, 200,
// where that is what is there; elsewhere it is what the upstream of the user's has for the request. The error of one
// that gives no HTTP answer wraps errors.ErrUnsupported only if its link cannot be read: where it can, answers have
// come by it.
func (b *Bench) Ordinary(ctx context.Context) (Answer, error) {
	r, nonce := b.Direct(ctx, b.Plan.Upstream, Patience)
	if r.Status == 0 {
		return Answer{}, Unanswered(r, b.Opaque() != "")
	}
	a := Answer{Response: r}
	if t, taps := b.Kind.(Tapper); taps {
		t.Exchanged(&a, nonce)
	}
	return a, nil
}

// Unanswered is the error of an own request that got no HTTP answer, on a link that cannot be read or on one that can.
func Unanswered(r client.Response, blind bool) error {
	if blind {
		return fmt.Errorf(
			"own request to the upstream: %s: %w",
			r.End,
			Inapplicable("an own request gets no HTTP answer from the upstream, so that nothing could be confirmed"),
		)
	}
	return fmt.Errorf(
		"own request to the upstream: got %s (%s), want an HTTP answer, as the gateway has had one",
		r.End,
		r.Error,
	)
}

// Strike notes that a fault holds from now on, and for how long the link lets nothing through of what the upstream
// says.
func (b *Bench) Strike(withholds time.Duration) { b.Broken, b.Withholds = true, withholds }

// Mend notes that no fault holds any more.
func (b *Bench) Mend() { b.Broken, b.Withholds = false, 0 }

// WayPatience bounds the proof of a way. What is well answers within milliseconds; on two processors with a load of 25
// it took 630 ms at most.
const WayPatience = 3 * time.Second

// StampedBy proves that the upstream at the address answers, and that it is ours.
func (b *Bench) StampedBy(ctx context.Context, at netip.AddrPort) error {
	r, nonce := b.Direct(ctx, at, WayPatience)
	return WellFrom(at, r, nonce)
}

// WellFrom is nil of a whole answer with the nonce's stamp.
func WellFrom(at netip.AddrPort, r client.Response, nonce string) error {
	if r.Header.Get(stamp.Answer) != nonce || r.End != client.Complete {
		return fmt.Errorf("ask %s: got %d, %s, want a whole answer with our stamp", at, r.Status, r.End)
	}
	return nil
}

// CannotCome tells why no client of this machine can come to the door from the address, or "". Empty stands for any.
func CannotCome(from string, door netip.AddrPort) string {
	if _, err := netip.ParsePrefix(from); err == nil {
		return "each client has an address of its own in a world alone, and none from " + from + " here"
	}
	a, err := netip.ParseAddr(from)
	switch {
	case err != nil:
		return ""
	case !mine(a):
		return "no client of this machine can come from " + from
	case a.Is4() != door.Addr().Is4():
		return fmt.Sprintf(
			"no client can come from %s to %s: one is an address of IPv4, the other of IPv6",
			from,
			door,
		)
	}
	return ""
}

// mine reports whether the address is one of this machine's.
func mine(a netip.Addr) bool {
	l, err := net.Listen("tcp", netip.AddrPortFrom(a, 0).String())
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}
