package upstream

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// occupancyNonce marks the hits of an Occupancy.
const occupancyNonce = "crowd"

// releaseTimeout bounds the wait for an origin to notice that its clients have left: a loopback FIN takes microseconds.
const releaseTimeout = 2 * time.Second

// Occupancy is a number of real clients, each of which keeps a worker of an Origin busy with a request.
type Occupancy struct {
	members []halfCloser
}

// halfCloser is a connection that can be ended in one direction.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// Occupy connects n clients to the healthy origin at addr, which speaks plain HTTP, and returns once it holds
// them all: each has got the head of its answer, so each has a worker. An origin with fewer free workers never
// gets there, and Occupy fails when ctx ends; later ctx has no effect.
func Occupy(ctx context.Context, addr string, n int) (*Occupancy, error) {
	return OccupyTLS(ctx, addr, n, nil)
}

// OccupyTLS is Occupy of an origin that speaks TLS; without a configuration it is Occupy.
func OccupyTLS(ctx context.Context, addr string, n int, secure *tls.Config) (*Occupancy, error) {
	o := new(Occupancy)
	for i := range n {
		if err := o.add(ctx, addr, secure); err != nil {
			o.Release()
			return nil, fmt.Errorf("gather crowd at %s: client %d of %d: %w", addr, i+1, n, err)
		}
	}
	return o, nil
}

// add adds one client and returns when it is being held.
func (c *Occupancy) add(ctx context.Context, addr string, secure *tls.Config) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	var member halfCloser = conn.(*net.TCPConn)
	if secure != nil {
		member = tls.Client(conn, secure)
	}
	c.members = append(c.members, member)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // the past: wakes whoever reads
	err = occupyWorker(member, addr)
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}

// occupyWorker asks the origin at the other end of conn to hold it, and returns when it does.
func occupyWorker(conn net.Conn, addr string) error {
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n", holdPath, addr,
		stamp.Nonce, occupancyNonce)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_ = answer.Body.Close() // closing it does not close conn
	if answer.StatusCode != http.StatusOK || answer.Header.Get(stamp.Answer) != occupancyNonce {
		return fmt.Errorf("got %s stamped %q, want 200 stamped %q", answer.Status,
			answer.Header.Get(stamp.Answer), occupancyNonce)
	}
	return nil
}

// Release hangs up every client and returns when the origin has its workers back, or after two seconds. A second
// Release does nothing.
func (c *Occupancy) Release() {
	deadline := time.Now().Add(releaseTimeout)
	for _, member := range c.members {
		_ = member.SetDeadline(deadline)
		_ = member.CloseWrite()
	}
	for _, member := range c.members {
		// The origin closes its side after it gave the worker back.
		_, _ = io.Copy(io.Discard, member)
		_ = member.Close()
	}
	c.members = nil
}
