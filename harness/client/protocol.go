package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Protocol is a version of HTTP as a client speaks it. The zero value is HTTP11.
type Protocol string

// The protocols.
const (
	// HTTP11 is HTTP/1.1 in plain text (RFC 9112).
	HTTP11 Protocol = ""
	// HTTP10 is HTTP/1.0 (RFC 1945) in plain text, without keep-alive: one request, and an answer that may end
	// with the connection.
	HTTP10 Protocol = "http1.0"
	// H2 is HTTP/2 over TLS, agreed upon by ALPN (RFC 9113, section 3.2).
	H2 Protocol = "h2"
	// H2C is HTTP/2 in plain text, which the client knows beforehand that the server speaks (RFC 9113, section 3.3).
	H2C Protocol = "h2c"
)

// Way is how a client talks to a gateway. The zero value is HTTP/1.1.
type Way struct {
	Protocol Protocol
	// TLS, if not nil, lets the client speak TLS; it says whom the client trusts and by which name it knows the
	// gateway. H2 needs it, and sets the ALPN protocol itself.
	TLS *tls.Config
	// Proxied, if not empty, has a header of the PROXY protocol sent before all else, in which the client speaks for
	// itself.
	Proxied Proxied
	// Dial, if not nil, makes the connection instead: to a Unix socket, say.
	Dial func(context.Context) (net.Conn, error)
}

// Connect connects to address from source, for a caller that writes and reads bytes itself: TLS, where w says
// so, is agreed upon. The context bounds the attempt.
func (w Way) Connect(ctx context.Context, address netip.AddrPort, source netip.Addr) (net.Conn, error) {
	conn, err := w.dial(ctx, address, source)
	if err == nil && w.TLS != nil {
		return w.secure(ctx, conn)
	}
	return conn, err
}

// Open connects to address from source (the zero Addr leaves the choice to the kernel), handshake included. The
// context bounds the attempt. The caller closes the Conn.
func (w Way) Open(ctx context.Context, address netip.AddrPort, source netip.Addr) (*Conn, error) {
	begin := time.Now()
	conn, err := w.dial(ctx, address, source)
	if err != nil {
		return nil, err
	}
	dialled := time.Since(begin)
	if w.TLS != nil {
		if conn, err = w.secure(ctx, conn); err != nil {
			return nil, err
		}
	}
	c := newConn(conn, w.Protocol, time.Since(begin))
	if w.TLS != nil {
		c.handshake = c.connect - dialled
	}
	return c, nil
}

func (w Way) dial(ctx context.Context, address netip.AddrPort, source netip.Addr) (net.Conn, error) {
	if w.Dial != nil {
		return w.Dial(ctx)
	}
	d := net.Dialer{KeepAlive: -1} // No probes of our own on the wire.
	if source.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	conn, err := d.DialContext(ctx, "tcp", address.String())
	if err != nil {
		return nil, err
	}
	if err := w.announce(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// secure makes conn speak TLS, and closes it when that fails or the server does not want to speak HTTP/2 in it,
// where that is wanted.
func (w Way) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	config := w.TLS.Clone()
	if w.Protocol == H2 {
		config.NextProtos = []string{string(H2)}
	}
	secure := tls.Client(conn, config)
	err := secure.HandshakeContext(ctx)
	if got := secure.ConnectionState().NegotiatedProtocol; err == nil && w.Protocol == H2 && got != string(H2) {
		err = fmt.Errorf("agree on a protocol: got %q, want %q", got, H2)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// Once opens a connection, sends one request, and closes. A connection that cannot be made is a Response too,
// with nothing in it but how it ended.
func (w Way) Once(ctx context.Context, address netip.AddrPort, source netip.Addr, r Request) Response {
	begin := time.Now()
	c, err := w.Open(ctx, address, source)
	if err != nil {
		return Response{End: EndOf(err), Error: err.Error(), Took: time.Since(begin)}
	}
	defer func() { _ = c.Close() }()
	return c.Do(ctx, r)
}
