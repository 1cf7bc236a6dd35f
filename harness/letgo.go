package harness

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"
)

// noticed bounds the wait for a gateway to let go of a connection that the other side has closed. One that looks at its idle connections does so within
// milliseconds, also on a loaded machine within some hundred; one that does not look before it wants to use them is not waited for any longer.
const noticed = 500 * time.Millisecond

// awaitLetGo returns when the gateway has closed its end of every connection to the address whose other end is closed, so that the next request cannot go out
// on one; also when that took too long, and at once where the system does not tell (not Linux). HAProxy hands a closed connection that it has not noticed yet
// to a client of HTTP/2 as RST_STREAM, as it may (https://github.com/haproxy/haproxy/issues/3414).
func awaitLetGo(ctx context.Context, at netip.AddrPort) {
	ctx, cancel := context.WithTimeout(ctx, noticed)
	defer cancel()
	for pause := time.Millisecond; halfClosed(at); pause *= 2 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// halfClosed reports whether this network has a connection to the IPv4 address that only the other side has closed.
func halfClosed(at netip.AddrPort) bool {
	const sockets, closeWait = "/proc/net/tcp", "08" // As include/net/tcp_states.h numbers it.
	table, err := os.ReadFile(sockets)
	if err != nil || !at.Addr().Is4() {
		return false
	}
	ip := at.Addr().As4()
	remote := fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(ip[:]), at.Port())
	for line := range strings.Lines(string(table)) {
		if f := strings.Fields(line); len(f) > 3 && f[2] == remote && f[3] == closeWait {
			return true
		}
	}
	return false
}
