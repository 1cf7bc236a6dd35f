package clientnet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// ErrTunnel is that a proxy refused a tunnel. What it wrote is not the site's answer, and no browser shows it as
// such: it shows a page of its own.
var ErrTunnel = errors.New("the proxy refuses the tunnel")

// tunnel asks the destination's proxy for a connection to the destination (RFC 9110, section 9.3.6).
func (b *Browser) tunnel(ctx context.Context, to Destination) (net.Conn, error) {
	conn, err := dialFrom(b.host)(ctx, "tcp", to.Via.String())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	target := fmt.Sprintf("%s:%d", to.Name, to.Port)
	_, err = fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target)
	if err == nil {
		var answer *http.Response
		// Nothing comes behind the head before the client has said something: there is nothing to lose in the reader.
		if answer, err = http.ReadResponse(bufio.NewReader(conn),
			&http.Request{Method: http.MethodConnect}); err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%w: %s, Proxy-Status %q", ErrTunnel, answer.Status, answer.Header.Get("Proxy-Status"))
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("tunnel to %s through %s: %w", target, to.Via, err)
	}
	return conn, nil
}
