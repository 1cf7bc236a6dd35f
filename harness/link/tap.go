package link

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// Tap stands behind a Link whose upstream is not the harness's. It passes every connection on, unchanged, and
// notes what the gateway asked the upstream and what came back.
//
//	gateway ──> Link (toxics) ──> Tap (notes) ──> upstream
//
// It is safe for concurrent use.
type Tap struct {
	listener net.Listener
	to       string
	work     sync.WaitGroup

	mu          sync.Mutex // guards what follows, and the exchanges
	conns       map[net.Conn]bool
	connections int
	exchanges   []*Exchange
}

// Exchange is what was sent to an upstream on a connection until it answered, and what it answered until more
// was sent: one request and its answer, where they stand in plain text and nobody sends a request before the last
// is answered.
type Exchange struct {
	// Connection is the number of the connection, in the order of acceptance.
	Connection int
	// Begun is when the first byte was sent; Answered when the first came back, zero if none has.
	Begun, Answered time.Time
	// Sent and Received are the first bytes of each, SentBytes and ReceivedBytes count all of them.
	Sent, Received           []byte
	SentBytes, ReceivedBytes int64
}

// Bounds of what is kept: the largest head of a request that common servers take by default is 8 KiB, and the head
// of an answer 4 KiB (nginx: one page). A thousand exchanges are more than a minute's worth of what an experiment
// asks for, other people's requests included.
const (
	keptOfRequest = 8 << 10
	keptOfAnswer  = 4 << 10
	keptExchanges = 1000
)

// tapDial bounds the connection to the upstream. Toxiproxy would wait without a bound
// (TestEnemyStopWaitsForTheDialToTheOrigin); a Tap answers it at once.
const tapDial = 10 * time.Second

// NewTap returns a Tap that listens on a loopback address and passes all connections on to upstream. One that
// the upstream does not take is closed. The caller closes the Tap.
func NewTap(upstream netip.AddrPort) (*Tap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start tap: %w", err)
	}
	t := &Tap{listener: l, to: upstream.String(), conns: map[net.Conn]bool{}}
	t.work.Go(func() {
		for {
			c, err := strain.Accept(l.Accept)
			if err != nil {
				return
			}
			t.work.Go(func() { t.serve(c) })
		}
	})
	return t, nil
}

// Addr returns the address that a Link forwards to.
func (t *Tap) Addr() string { return t.listener.Addr().String() }

// Close ends the listener and every connection, and returns when nothing of the Tap runs any more. A second Close
// does nothing.
func (t *Tap) Close() error {
	_ = t.listener.Close()
	t.mu.Lock()
	for c := range t.conns {
		_ = c.Close()
	}
	t.conns = nil
	t.mu.Unlock()
	t.work.Wait()
	return nil
}

// Since returns copies of the exchanges that were begun at the time or later, oldest first: of the last thousand.
func (t *Tap) Since(begin time.Time) []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := []Exchange{}
	for _, e := range t.exchanges {
		if !e.Begun.Before(begin) {
			all = append(all, *e) // Of the slices no byte changes that is there.
		}
	}
	return all
}

func (t *Tap) serve(c net.Conn) {
	defer t.drop(c)
	number := t.keep(c)
	to, err := (&net.Dialer{Timeout: tapDial}).DialContext(context.Background(), "tcp", t.to)
	if strain.Note(err); err != nil {
		return
	}
	defer t.drop(to)
	if number == 0 || t.keep(to) == 0 {
		return
	}
	turn := &turn{tap: t, connection: number}
	t.work.Go(func() {
		_, _ = io.Copy(to, io.TeeReader(c, writer(turn.sent)))
		_ = to.Close() // Toxiproxy passes no half-close on either.
	})
	_, _ = io.Copy(c, io.TeeReader(to, writer(turn.received)))
}

// keep lets Close end c, and returns the number of connections so far; 0 when Close was called.
func (t *Tap) keep(c net.Conn) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conns == nil {
		return 0
	}
	t.conns[c] = true
	t.connections++
	return t.connections
}

func (t *Tap) drop(c net.Conn) {
	_ = c.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
}
