// Package link is the hop in front of an upstream: Toxiproxy v2.12.0 in this process, with typed toxics, every
// value checked before Toxiproxy sees it, and no call that can hang.
//
//	gateway ──> Link (at the upstream's own address) ──> origin
//
// Without a toxic a Link still is not transparent, because Toxiproxy is not: it accepts before it dials the
// origin, so an origin that refuses is seen as a connection that opens and closes; a reset by the origin arrives
// as a FIN; a half-closed connection is closed. Faults of these kinds belong to an upstream that stands at the
// address itself: Detach.
package link

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Link forwards every connection made to one address to one origin, through the toxics injected into it. It is
// safe for concurrent use; calls that change it run one at a time.
type Link struct {
	origin string
	server *toxiproxy.ApiServer
	turn   chan struct{} // holds one token: a mutex that can be waited for under a context

	// The fields below belong to the goroutine that has the lock, but for addr, which only New writes.
	addr       netip.AddrPort
	port       *reservation     // nil while the port is anyone's
	proxy      *toxiproxy.Proxy // nil while nothing listens
	injections []*injection     // what was injected and not undone, oldest first
	serial     int              // gives every injection a name of its own
	closed     bool
}

var silence sync.Once

// New returns a Link that already listens on listen and forwards to origin. Both are an IP address and a port;
// port 0 lets the system choose where to listen. Names are refused: Toxiproxy would resolve them within its accept
// loop, without a deadline. The origin is not dialled before the first connection arrives. The caller closes
// the Link.
func New(listen, origin string) (*Link, error) {
	at, err := address(listen)
	if err != nil {
		return nil, fmt.Errorf("start link: listen: %w", err)
	}
	to, err := address(origin)
	if err == nil && to.Port() == 0 {
		err = fmt.Errorf("port: got 0, want 1 to 65535")
	}
	if err != nil {
		return nil, fmt.Errorf("start link: origin: %w", err)
	}
	// The bandwidth toxic writes trace lines to stderr through zerolog's global logger whatever logger its server
	// was given; only the global level stops it: TestEnemyBandwidthLogsThroughTheGlobalLogger.
	silence.Do(func() { zerolog.SetGlobalLevel(zerolog.Disabled) })
	l := &Link{
		origin: to.String(),
		// The metrics must be there even when nobody reads them: Toxiproxy dereferences them when a connection ends.
		server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()),
		turn:   make(chan struct{}, 1),
		addr:   at,
	}
	if err := l.renew(context.Background()); err != nil {
		l.closed = true
		return nil, fmt.Errorf("start link at %s: %w", listen, errors.Join(err, l.renew(context.Background())))
	}
	return l, nil
}

// Addr returns the address that the Link stands at, with the real port. It is the same for the Link's whole life.
func (l *Link) Addr() string { return l.addr.String() }

// Close ends the listener and every open connection and gives the port back. It returns within four seconds
// whatever the connections do, once the calls that came before it are over; when Toxiproxy is stuck behind an
// origin that never answers, it returns an error and Toxiproxy ends when its dial does. Later calls return nil.
// It goes through even when ctx is done.
func (l *Link) Close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := l.lock(ctx); err != nil {
		return fmt.Errorf("close link at %s: %w", l.addr, err)
	}
	defer l.unlock()
	if l.closed {
		return nil
	}
	l.closed, l.injections = true, nil
	if err := l.renew(ctx); err != nil {
		return fmt.Errorf("close link at %s: %w", l.addr, err)
	}
	return nil
}

// lock waits for the token of turn. Nobody has it for long: a call waits for Toxiproxy three times at most, one
// callTimeout each.
func (l *Link) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another call on the link: %w", ctx.Err())
	}
}

func (l *Link) unlock() { <-l.turn }

// address reads one address of one machine. Unspecified addresses are refused: a link stands in for one upstream.
func address(text string) (netip.AddrPort, error) {
	at, err := netip.ParseAddrPort(text)
	if err != nil || at.Addr().IsUnspecified() {
		return at, fmt.Errorf("got %q, want one IP address and a port, such as 127.0.0.1:0 or [::1]:8080", text)
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), nil
}
