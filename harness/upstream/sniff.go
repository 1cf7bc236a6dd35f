package upstream

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// sniffedConn is a connection whose first bytes have been looked at.
type sniffedConn struct {
	net.Conn
	in     *bufio.Reader
	id     int
	closed chan struct{}
	once   sync.Once
}

func newSniffedConn(c net.Conn, id int) *sniffedConn {
	return &sniffedConn{Conn: c, in: bufio.NewReader(c), id: id, closed: make(chan struct{})}
}

// Read reads what was looked at first.
func (b *sniffedConn) Read(p []byte) (int, error) { return b.in.Read(p) }

// mostSaid bounds what is kept of what a connection begins with.
const mostSaid = 64

// begun is what has come and was not read yet.
func (b *sniffedConn) begun() string {
	first, _ := b.in.Peek(min(b.in.Buffered(), mostSaid))
	return string(first)
}

// Close closes the connection.
func (b *sniffedConn) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Conn.Close()
}

// How protocols begin: a TLS record of a handshake (RFC 8446, section 5.1), a FastCGI record of version 1 that
// begins a request, the headers of the PROXY protocol in its two versions.
var (
	tlsStart     = []byte{0x16, 0x03}
	fastCGIStart = []byte{0x01, 0x01}
	proxyStart   = []byte("PROXY ")
	proxy2Start  = []byte("\r\n\r\n\x00\r\nQUIT\n")
	http2Start   = []byte("PRI * HTTP/2.0")
)

// sniff tells what is spoken on c: it reads no more than that takes, and makes the TLS handshake.
func (o *CatchAll) sniff(c net.Conn, h *ConnInfo) (*sniffedConn, Language, error) {
	b := newSniffedConn(c, h.Connection)
	for {
		first, err := b.in.Peek(2)
		if err != nil {
			return b, NothingSpoken, err
		}
		switch {
		case bytes.Equal(first, tlsStart) && !h.TLS:
			o.update(func() { h.TLS = true })
			secure := tls.Server(b, o.tls(h))
			if err := secure.HandshakeContext(context.Background()); err != nil {
				o.update(func() { h.Gone = errors.Is(err, io.EOF) })
				return b, NothingSpoken, err
			}
			b = newSniffedConn(secure, h.Connection)
		case bytes.Equal(first, fastCGIStart):
			return b, FastCGISpoken, nil
		case first[0] == proxyStart[0] && starts(b.in, proxyStart), first[0] == '\r' && starts(b.in, proxy2Start):
			o.update(func() { h.Proxied = true })
			if err := skipProxy(b.in); err != nil {
				return b, OtherSpoken, err
			}
		case starts(b.in, http2Start):
			return b, HTTP2Spoken, nil
		case startsUWSGI(b.in):
			return b, UWSGISpoken, nil
		case startsSCGI(b.in):
			return b, SCGISpoken, nil
		case first[0] >= 'A' && first[0] <= 'Z':
			return b, HTTP1Spoken, nil
		default:
			return b, OtherSpoken, nil
		}
	}
}

// starts reports whether what comes begins so; it waits for no more bytes than that takes.
func starts(in *bufio.Reader, with []byte) bool {
	for n := range with {
		got, err := in.Peek(n + 1)
		if err != nil || got[n] != with[n] {
			return false
		}
	}
	return true
}

// skipProxy reads a header of the PROXY protocol: a line in version 1, and in version 2 sixteen bytes, of which
// the last two tell how many follow.
func skipProxy(in *bufio.Reader) error {
	first, err := in.Peek(1)
	if err != nil {
		return err
	}
	if first[0] == proxyStart[0] {
		_, err = in.ReadSlice('\n')
		return err
	}
	const fixed = 16
	head, err := in.Peek(fixed)
	if err != nil {
		return err
	}
	_, err = in.Discard(fixed + int(head[fixed-2])<<8 + int(head[fixed-1]))
	return err
}

// tls is what a client is met with: a certificate for the name that it asks for, or else for the address that it
// dialled. HTTP/2 is agreed on with those who want nothing else.
func (o *CatchAll) tls(h *ConnInfo) *tls.Config {
	return &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		o.update(func() { h.SNI = hello.ServerName })
		cert, err := o.authority.Issue(leafFor(h.To.Addr(), hello.ServerName, o.nameOfIP(h.To.Addr())))
		if err != nil {
			return nil, err
		}
		c := &tls.Config{
			Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true,
			NextProtos: []string{"http/1.1"},
		}
		if offered := hello.SupportedProtos; len(offered) > 0 && !slices.Contains(offered, "http/1.1") {
			c.NextProtos = []string{"h2"}
		}
		return c, nil
	}}
}

// leafFor is the certificate of who has the names, those that are not empty, and the address.
func leafFor(at netip.Addr, names ...string) Leaf {
	return Leaf{Names: slices.DeleteFunc(names, func(n string) bool { return n == "" }), IPs: []netip.Addr{at}}
}

// oneConnListener is a listener that has one connection to give.
type oneConnListener struct {
	conn   net.Conn
	closed <-chan struct{}
	done   bool
}

// Accept gives the connection, and then waits for its end.
func (o *oneConnListener) Accept() (net.Conn, error) {
	if !o.done {
		o.done = true
		return o.conn, nil
	}
	<-o.closed
	return nil, net.ErrClosed
}

// Close does nothing: the connection is its owner's to close.
func (o *oneConnListener) Close() error { return nil }

// Addr is the connection's own end.
func (o *oneConnListener) Addr() net.Addr { return o.conn.LocalAddr() }
