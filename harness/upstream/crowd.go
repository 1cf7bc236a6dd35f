package upstream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// crowdNonce marks the hits of a crowd.
const crowdNonce = "crowd"

// leaveTimeout bounds the wait for an origin to notice that a crowd has left: a loopback FIN takes microseconds.
const leaveTimeout = 2 * time.Second

// Crowd is a number of real clients, each of which keeps a worker of an Origin busy with a request.
type Crowd struct {
	members []*net.TCPConn
}

// NewCrowd connects n clients to the healthy origin at addr, which speaks plain HTTP, and returns once it holds
// them all: each has got the head of its answer, so each has a worker. An origin with fewer free workers never
// gets there, and NewCrowd fails when ctx ends; later ctx has no effect.
func NewCrowd(ctx context.Context, addr string, n int) (*Crowd, error) {
	crowd := new(Crowd)
	for i := range n {
		if err := crowd.join(ctx, addr); err != nil {
			crowd.Leave()
			return nil, fmt.Errorf("gather crowd at %s: client %d of %d: %w", addr, i+1, n, err)
		}
	}
	return crowd, nil
}

// join adds one client and returns when it is being held.
func (c *Crowd) join(ctx context.Context, addr string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	c.members = append(c.members, conn.(*net.TCPConn))
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // the past: wakes whoever reads
	err = hold(conn, addr)
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}

// hold asks the origin at the other end of conn to hold it, and returns when it does.
func hold(conn net.Conn, addr string) error {
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n", holdPath, addr,
		stamp.Nonce, crowdNonce)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_ = answer.Body.Close() // closing it does not close conn
	if answer.StatusCode != http.StatusOK || answer.Header.Get(stamp.Answer) != crowdNonce {
		return fmt.Errorf("got %s stamped %q, want 200 stamped %q", answer.Status,
			answer.Header.Get(stamp.Answer), crowdNonce)
	}
	return nil
}

// Leave hangs up every client and returns when the origin has its workers back, or after two seconds. A second
// Leave does nothing.
func (c *Crowd) Leave() {
	deadline := time.Now().Add(leaveTimeout)
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
