package upstream

import (
	"crypto/tls"
	"io"
	"net"
	"time"
)

// End is what becomes of a connection after an answer.
type End int

// The ends of an answer.
const (
	// FIN, after a close_notify when there is TLS; whatever the client still sends is read, so that no RST follows.
	Close End = iota
	Reset     // RST, after the client's kernel has acknowledged every byte of the answer
	Keep      // nothing is sent: the connection stays open, and the next request on it is answered
)

const (
	// linger is how long a closed connection is read, so that unread bytes do not turn its FIN into a RST: what
	// net/http waits for the same reason.
	linger = 500 * time.Millisecond
	// acknowledged bounds the wait of Reset: five times the longest delayed acknowledgement of Linux (200 ms).
	// A client that does not read never acknowledges what is over its window.
	acknowledged = time.Second
	// acknowledgedPoll is how often Reset asks: a loopback acknowledgement takes microseconds.
	acknowledgedPoll = time.Millisecond
)

// of ends conn, which is tcp or the TLS above it, and closes tcp. It takes at most the longer of linger
// and acknowledged.
func (e End) of(conn net.Conn, tcp *net.TCPConn) {
	if e == Reset {
		awaitAcknowledged(tcp)
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
		return
	}
	_ = tcp.SetDeadline(time.Now().Add(linger))
	if secure, ok := conn.(*tls.Conn); ok {
		_ = secure.CloseWrite()
	}
	_ = tcp.CloseWrite()
	_, _ = io.Copy(io.Discard, tcp)
	_ = tcp.Close()
}

// awaitAcknowledged returns when the peer has acknowledged every byte written to tcp, because a reset discards the
// others; also when that took too long, when tcp is closed, and at once where the system cannot say (not Linux:
// there the last bytes before a reset may be lost).
func awaitAcknowledged(tcp *net.TCPConn) {
	deadline := time.Now().Add(acknowledged)
	for time.Now().Before(deadline) {
		if n, err := unacknowledged(tcp); err != nil || n == 0 {
			return
		}
		time.Sleep(acknowledgedPoll)
	}
}
