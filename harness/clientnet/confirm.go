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

// silenceWindow is how long a dial of the harness waits for a reply before the way counts as silent. A dial over a
// healthy way takes a few milliseconds.
const silenceWindow = 300 * time.Millisecond

// replyLimit bounds the wait for a reply that must come. It is never used up but when something hangs.
const replyLimit = 10 * time.Second

// dial connects to the site's address from the host, and returns the connection.
func (n *Network) dial(ctx context.Context, from *world.Host, within time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return dialFrom(from)(ctx, "tcp", n.Site.At.String())
}

// confirmSite proves that the site can be reached from the provider, so that what is wrong is wrong before it.
func (n *Network) confirmSite(ctx context.Context) error {
	conn, err := n.dial(ctx, n.Provider, replyLimit)
	if err != nil {
		return fmt.Errorf("dial the site from the provider: %w", err)
	}
	return conn.Close()
}

// confirmNoReply proves that a dial from the computer gets no reply, and that one from the provider is answered.
func (n *Network) confirmNoReply(ctx context.Context) (string, error) {
	conn, err := n.dial(ctx, n.Computer, silenceWindow)
	if err == nil {
		_ = conn.Close()
	}
	if !isLate(err) {
		return "", fmt.Errorf("dial the site from the computer: got %w, want no reply in %s", orNone(err), silenceWindow)
	}
	return fmt.Sprintf("Gatequake's own dial from the computer: no reply in %s; from the provider: "+
			"connected", silenceWindow),
		n.confirmSite(ctx)
}

// orNone returns err, or an error that says that there was none.
func orNone(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

var errNone = errors.New("no error")

func isLate(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// ask sends the bytes to the site from the computer on a connection of its own, and returns the error that came
// in place of an answer within the time.
func (n *Network) ask(ctx context.Context, what []byte, within time.Duration) error {
	conn, err := n.dial(ctx, n.Computer, replyLimit)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return awaitReply(conn, what, within)
}

// awaitReply writes to the connection and waits for the first byte that comes back.
func awaitReply(conn net.Conn, what []byte, within time.Duration) error {
	_ = conn.SetDeadline(time.Now().Add(within))
	if _, err := conn.Write(what); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	return err
}

// request is a request that any site answers.
func (n *Network) request(more string) []byte {
	return []byte("GET / HTTP/1.1\r\nHost: " + n.Site.Name + "\r\n" + more + "Connection: close\r\n\r\n")
}

// resolve asks the resolver for the site's address from the host.
func (n *Network) resolve(
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
