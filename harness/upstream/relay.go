package upstream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// Relay is a listener that passes each connection on to another address, perhaps after a look at how it begins.
// Close it when done.
//
//	gateway ──> Relay ──admitted──> another address
type Relay struct {
	listener net.Listener
	to       string
	admit    admission
	work     sync.WaitGroup

	mu    sync.Mutex // guards what follows
	conns map[net.Conn]bool
}

// admission looks at how a connection begins, may answer it, and reports whether what is left of in is to be passed on.
type admission func(in *bufio.Reader, out io.Writer) bool

// dialTimeout bounds the dial to the other address: it is one of this machine, which answers at once or not at all.
const dialTimeout = 10 * time.Second

// UnixSocket returns a Relay that listens on a Unix socket at path, which everybody may use, and passes all
// connections on to the address to. Where that refuses, the connection is closed. Close removes the socket.
func UnixSocket(path, to string) (*Relay, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("start relay: %w", err)
	}
	if err := os.Chmod(path, 0o666); err != nil { // Connecting takes the permission to write.
		_ = l.Close()
		return nil, fmt.Errorf("start relay: %w", err)
	}
	return RelayFrom(l, to), nil
}

// RelayFrom returns a Relay that passes what l accepts on to the address to. It closes l in the end.
func RelayFrom(l net.Listener, to string) *Relay { return relay(l, to, nil) }

func relay(l net.Listener, to string, admit admission) *Relay {
	r := &Relay{listener: l, to: to, admit: admit, conns: map[net.Conn]bool{}}
	r.work.Go(func() {
		for {
			c, err := strain.Accept(l.Accept)
			if err != nil {
				return
			}
			r.work.Go(func() { r.serve(c) })
		}
	})
	return r
}

// Close ends the listener and every connection, and returns when nothing of the relay runs any more. A second
// Close does nothing.
func (r *Relay) Close() error {
	_ = r.listener.Close()
	r.mu.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
	r.mu.Unlock()
	r.work.Wait()
	return nil
}

// keep lets Close end c, and reports whether it has not been called yet.
func (r *Relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conns == nil {
		return false
	}
	r.conns[c] = true
	return true
}

func (r *Relay) drop(c net.Conn) {
	_ = c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
}

func (r *Relay) serve(c net.Conn) {
	defer r.drop(c)
	if !r.keep(c) {
		return
	}
	in := bufio.NewReader(c)
	if r.admit != nil && !r.admit(in, c) {
		finish(c)
		return
	}
	to, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(context.Background(), "tcp", r.to)
	if strain.Note(err); err != nil {
		return
	}
	defer r.drop(to)
	if !r.keep(to) {
		return
	}
	r.work.Go(func() {
		_, _ = io.Copy(to, in)
		_ = to.Close() // Who has nothing more to ask is gone: gateways do not half-close.
	})
	_, _ = io.Copy(c, to)
	finish(c)
}

// finish ends c in good order: all that was written arrives, and what the client still sends does not turn the
// end into a reset.
func finish(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(linger))
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, c)
}

// Addr returns the address of the relay, with its real port or its path.
func (r *Relay) Addr() string { return r.listener.Addr().String() }
