// Package client is the probe's HTTP/1.1 client: one connection, one request at a time, and a plain record of what came back.
//
//	Open ──> Conn ──Do(request bytes)──> Response (status, bytes, how it ended, when)
//
// It never retries, never follows, never pools and never reconnects, so that what it records is what one client saw. net/http's Transport is unfit: it
// sends a GET again when a reused connection breaks (net/http, Transport documentation).
package client

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// Field is one header field, sent exactly as given.
type Field struct{ Name, Value string }

// Request is what is sent.
type Request struct {
	Method string
	// Target is the request target, sent as it is: it may be a path that a normal client would clean up.
	Target string
	// Host is the value of the Host field.
	Host string
	// Header follows Host, in order.
	Header []Field
	// Body is sent with a Content-Length when it is not nil.
	Body []byte
}

// bytes returns the request as it stands on the wire.
func (r Request) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Target, r.Host)
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	if r.Body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	return b.Bytes()
}

// Conn is one connection to a gateway.
type Conn struct {
	conn    net.Conn
	reader  *bufio.Reader
	connect time.Duration
}

// Open connects to address from source (the zero Addr leaves the choice to the kernel). The context bounds the attempt. The caller closes the Conn.
func Open(ctx context.Context, address netip.AddrPort, source netip.Addr) (*Conn, error) {
	begin := time.Now()
	d := net.Dialer{KeepAlive: -1} // No probes of our own on the wire.
	if source.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	conn, err := d.DialContext(ctx, "tcp", address.String())
	if err != nil {
		return nil, err
	}
	return &Conn{conn: conn, reader: bufio.NewReader(io.LimitReader(conn, maxRead)), connect: time.Since(begin)}, nil
}

// maxRead bounds what one connection may send us: no experiment's answer comes near 64 MiB, and a gateway gone mad must not fill our memory.
const maxRead = 64 << 20

// Close closes the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Once opens a connection, sends one request, and closes. A connection that cannot be made is a Response too, with nothing in it but how it ended.
func Once(ctx context.Context, address netip.AddrPort, source netip.Addr, r Request) Response {
	begin := time.Now()
	c, err := Open(ctx, address, source)
	if err != nil {
		return Response{End: EndOf(err), Error: err.Error(), Took: time.Since(begin)}
	}
	defer func() { _ = c.Close() }()
	return c.Do(ctx, r)
}
