// Package client is the probe's HTTP client, for HTTP/1.1, HTTP/1.0 and HTTP/2: one connection, one request at
// a time, and a plain record of what came back.
//
//	Open ──> Conn ──Do(request bytes)──> Response (status, bytes, how it ended, when)
//
// It never retries, never follows, never pools and never reconnects, so that what it records is what one
// client saw. net/http's Transport is unfit: it sends a GET again when a reused connection breaks (net/http,
// Transport documentation).
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
	// Sent, if not nil, is called once the system has taken all of the request, or has refused to.
	Sent func()
}

// send writes what r is on a protocol's wire.
func (r Request) send(conn net.Conn, wire io.WriterTo) error {
	if r.Sent != nil {
		defer r.Sent()
	}
	_, err := wire.WriteTo(conn)
	return err
}

// bytes returns the request as it stands on the wire of HTTP/1.
func (r Request) bytes(p Protocol) *bytes.Buffer {
	version := "1.1"
	if p == HTTP10 {
		version = "1.0"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/%s\r\nHost: %s\r\n", r.Method, r.Target, version, r.Host)
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	if r.Body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	return &b
}

// Conn is one connection to a gateway.
type Conn struct {
	conn     net.Conn
	protocol Protocol
	reader   *bufio.Reader
	streams  *streams // of HTTP/2; nil otherwise
	// connect and handshake are not told yet.
	connect, handshake time.Duration
}

func newConn(conn net.Conn, p Protocol, connect time.Duration) *Conn {
	c := &Conn{conn: conn, protocol: p, reader: bufio.NewReader(io.LimitReader(conn, maxRead)), connect: connect}
	if p == H2 || p == H2C {
		c.streams = newStreams(c.reader, p == H2)
	}
	return c
}

// Open connects to address from source as Way{}.Open does, for HTTP/1.1.
func Open(ctx context.Context, address netip.AddrPort, source netip.Addr) (*Conn, error) {
	return Way{}.Open(ctx, address, source)
}

// maxRead bounds what one connection may send the client: no experiment's answer comes near 64 MiB, and a gateway
// gone mad must not fill the harness's memory.
const maxRead = 64 << 20

// Close closes the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Once sends one request over HTTP/1.1 on a connection of its own, as Way{}.Once does.
func Once(ctx context.Context, address netip.AddrPort, source netip.Addr, r Request) Response {
	return Way{}.Once(ctx, address, source, r)
}
