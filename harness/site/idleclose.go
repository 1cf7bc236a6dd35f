package site

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"
)

// idleCloseTimeout bounds the wait for a gateway to let go of a connection that the other side has closed. A gateway
// that looks at its idle connections does so within milliseconds, also on a loaded machine within some hundred; one
// that does not look before it wants to use them is not waited for any longer.
const idleCloseTimeout = 500 * time.Millisecond

// AwaitIdleClose returns when the gateway has closed its end of every connection to the addresses whose other end is
// closed, so that the next request cannot go out on one; also when that took too long, and at once where the system
// does not tell (not Linux). HAProxy hands a closed connection that it has not noticed yet to a client of HTTP/2 as
// RST_STREAM, as it may (https://github.com/haproxy/haproxy/issues/3414).
func AwaitIdleClose(ctx context.Context, sockets func() string, at ...netip.AddrPort) {
	ctx, cancel := context.WithTimeout(ctx, idleCloseTimeout)
	defer cancel()
	for pause := time.Millisecond; halfClosed(sockets(), at...); pause *= 2 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// halfClosed reports whether the table of sockets has a connection to one of the addresses that only the other side has
// closed.
func halfClosed(table string, at ...netip.AddrPort) bool {
	const closeWait = "08" // As include/net/tcp_states.h numbers it.
	remotes := []string{}
	for _, a := range at {
		remotes = append(remotes, InTable(a))
	}
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 3 && f[3] == closeWait && slices.Contains(remotes, f[2]) {
			return true
		}
	}
	return false
}

// InTable is the address as the kernel's tables of sockets write it, tcp those of IPv4 and tcp6 those of IPv6, below
// /proc/net: words of four bytes, as the numbers that they are to the machine, and the port.
func InTable(at netip.AddrPort) string {
	text := ""
	for word := range slices.Chunk(at.Addr().AsSlice(), 4) {
		text += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(word))
	}
	return fmt.Sprintf("%s:%04X", text, at.Port())
}

// awaitIdleClose is AwaitIdleClose of all connections to upstreams that faults strike.
func awaitIdleClose(ctx context.Context, s Socketer) {
	family, dialled := "", s.Dialled()
	if slices.ContainsFunc(dialled, func(at netip.AddrPort) bool { return at.Addr().Is6() }) {
		family = "6"
	}
	AwaitIdleClose(ctx, func() string { return s.Sockets(family) }, dialled...)
}

// SocketTable returns the table of this network's TCP sockets over IPv4, or with "6" over IPv6, or as much of it as
// there is. For every read the kernel walks the hash of all sockets of the machine, a millisecond each time, and
// fills a page at most: a read that fills less was the last, with no need of another to hear so.
func SocketTable(family string) string {
	const page, line = 4096, 200
	f, err := os.Open("/proc/thread-self/net/tcp" + family)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	table, part := []byte{}, make([]byte, page)
	for {
		n, err := f.Read(part)
		table = append(table, part[:n]...)
		if err != nil || n < page-line {
			return string(table)
		}
	}
}
