package site

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/sockets"
)

// idleCloseTimeout bounds the wait for a gateway to let go of a connection that the other side has closed. A gateway
// that looks at its idle connections does so within milliseconds, also on a loaded machine within some hundred; one
// that does not look before it wants to use them is not waited for any longer.
const idleCloseTimeout = 500 * time.Millisecond

// AwaitIdleClose returns when the gateway has closed its end of every connection to the addresses whose other end is
// closed, so that the next request cannot go out on one; also when that took too long, and at once where the system
// does not tell (not Linux). HAProxy hands a closed connection that it has not noticed yet to a client of HTTP/2 as
// RST_STREAM, as it may (https://github.com/haproxy/haproxy/issues/3414).
func AwaitIdleClose(ctx context.Context, table func() []sockets.Socket, at ...netip.AddrPort) {
	ctx, cancel := context.WithTimeout(ctx, idleCloseTimeout)
	defer cancel()
	for pause := time.Millisecond; halfClosed(table(), at...); pause *= 2 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// halfClosed reports whether the table of sockets has a connection to one of the addresses that only the other side has
// closed.
func halfClosed(table []sockets.Socket, at ...netip.AddrPort) bool {
	return slices.ContainsFunc(table, func(s sockets.Socket) bool {
		return s.State == sockets.CloseWait && slices.Contains(at, s.Remote)
	})
}

// awaitIdleClose is AwaitIdleClose of all connections to upstreams that faults strike.
func awaitIdleClose(ctx context.Context, s Socketer) {
	family, dialled := familyOf(s)
	AwaitIdleClose(ctx, func() []sockets.Socket { return s.Sockets(family) }, dialled...)
}

// familyOf is the family of the addresses of the upstreams that faults strike, which are of one.
func familyOf(s Socketer) (sockets.Family, []netip.AddrPort) {
	family, dialled := sockets.IPv4, s.Dialled()
	if slices.ContainsFunc(dialled, func(at netip.AddrPort) bool { return at.Addr().Is6() }) {
		family = sockets.IPv6
	}
	return family, dialled
}

// SocketTable returns the TCP sockets of this network, or none where the system does not tell.
func SocketTable(f sockets.Family) []sockets.Socket {
	all, err := sockets.TCP(f)
	if err != nil {
		return nil
	}
	return all
}
