package clientnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/world"
)

// quiet is how long an own dial waits before it calls the way silent. A healthy one takes a few milliseconds.
const quiet = 300 * time.Millisecond

// generous bounds what must come: only the end of a hang depends on it.
const generous = 10 * time.Second

// dial connects to the site's address from the host, and returns the connection.
func (n *Network) dial(ctx context.Context, from *world.Host, within time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return dialFrom(from)(ctx, "tcp", n.Site.At.String())
}

// fine proves that the site can be reached from the provider, so that what is wrong is wrong before it.
func (n *Network) fine(ctx context.Context) error {
	conn, err := n.dial(ctx, n.Provider, generous)
	if err != nil {
		return fmt.Errorf("dial the site from the provider: %w", err)
	}
	return conn.Close()
}

// unanswered proves that a dial from the computer gets no reply, and that the site is fine.
func (n *Network) unanswered(ctx context.Context) (string, error) {
	conn, err := n.dial(ctx, n.Computer, quiet)
	if err == nil {
		_ = conn.Close()
	}
	if !isLate(err) {
		return "", fmt.Errorf("dial the site from the computer: got %w, want no reply in %s", met(err), quiet)
	}
	return fmt.Sprintf("own dial from the computer: no reply in %s; from the provider: connected", quiet), n.fine(ctx)
}

// met is what was met: err, or the want of one.
func met(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

var errNone = errors.New("no error")

func isLate(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// asks sends the bytes to the site from the computer on a connection of its own, and returns the error that came
// in place of an answer within the time.
func (n *Network) asks(ctx context.Context, what []byte, within time.Duration) error {
	conn, err := n.dial(ctx, n.Computer, generous)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return hear(conn, what, within)
}

// hear writes to the connection and waits for the first byte that comes back.
func hear(conn net.Conn, what []byte, within time.Duration) error {
	_ = conn.SetDeadline(time.Now().Add(within))
	if _, err := conn.Write(what); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	return err
}

// hello is a request that any site answers.
func (n *Network) hello(more string) []byte {
	return []byte("GET / HTTP/1.1\r\nHost: " + n.Site.Name + "\r\n" + more + "Connection: close\r\n\r\n")
}

// look asks the resolver for the site's address from the host.
func (n *Network) look(
	ctx context.Context, from *world.Host, resolver netip.Addr, within time.Duration,
) (r dns.Reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err = from.Do(func() (err error) {
		r, err = dns.Ask(ctx, netip.AddrPortFrom(resolver, nameservice).String(), n.Site.Name, typeA)
		return err
	})
	return r, err
}

// forget lets the home know no name, and the browser no connection, so that the next request begins at the beginning.
func (n *Network) forget() {
	n.Browser.Disconnect()
	n.Browser.ForgetNames()
	n.Forwarder.Forget()
}

// typeA is the type of a query for an IPv4 address (RFC 1035, section 3.2.2).
const typeA = 1
