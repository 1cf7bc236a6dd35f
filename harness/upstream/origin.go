// Package upstream is what a gateway forwards to: an origin that proves who answered, notes every request it
// was asked, and can be told to answer in every broken way that needs more than a network fault. Beside it stand
// addresses that are broken themselves, a process that can be killed or frozen, the certificates of a world and
// clients that keep its workers busy.
//
//	gateway ──> [link] ──> Origin | Process | Port <── Occupancy
package upstream

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// Options says what an Origin is. The zero value is a plain HTTP/1.1 origin called "upstream" that handles any
// number of requests at once.
type Options struct {
	Name string      // in every stamp; "upstream" when empty
	TLS  *tls.Config // speak TLS; nil is plain TCP. Session tickets are never given out
	// Speaks is the language besides HTTP/1, if it is another; whoever begins in HTTP/1 is answered in it.
	Speaks Language
	// Proxied takes a header of the PROXY protocol off, of either version, where a connection begins with one.
	Proxied bool
	// How many requests are answered at once; further ones are accepted, read, recorded, and wait. 0 is no limit.
	Workers int
	// How many connections may be open; further ones are accepted, not recorded, and end as Over says. 0 is no limit.
	Limit int
	Over  End // Close or Reset
}

// Origin is an HTTP/1.1 server in this process: it answers every request with a stamped 200 until Behave says
// otherwise. All methods are safe for concurrent use. Close it when done.
type Origin struct {
	Record

	name       string
	listener   *net.TCPListener
	tls        *tls.Config
	speaks     Language
	proxied    bool
	workers    chan struct{} // nil: no limit
	limit      int           // 0: none
	over       End
	first      Behaviour // while behaviours is empty
	behaviours overrides[Behaviour]
	handshakes overrides[func(*tls.Config)]
	idle       overrides[time.Duration]
	misread    overrides[[]byte]
	idleEnds   idleEnds

	closed chan struct{}
	work   sync.WaitGroup // the accept loop and every connection
	mu     sync.Mutex     // guards what follows
	conns  map[*Conn]bool // nil once closed
}

// Start returns an Origin that is already listening at listen; port 0 is a free one, Addr tells which.
func Start(listen string, o Options) (*Origin, error) {
	return start(listen, o, nil, healthy{})
}

// start returns an Origin that has never answered otherwise than first says.
func start(listen string, opts Options, tell func(event), first Behaviour) (*Origin, error) {
	listener, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("start upstream: %w", err)
	}
	o := &Origin{
		name: opts.Name, first: first, listener: listener, limit: opts.Limit, over: opts.Over,
		speaks: cmp.Or(opts.Speaks, HTTP1Spoken), proxied: opts.Proxied,
		closed: make(chan struct{}), conns: map[*Conn]bool{},
	}
	o.tell = tell
	if o.name == "" {
		o.name = "upstream"
	}
	if opts.Workers > 0 {
		o.workers = make(chan struct{}, opts.Workers)
	}
	if opts.TLS != nil {
		o.tls = o.secure(opts.TLS)
		if o.speaks == HTTP2Spoken && len(o.tls.NextProtos) == 0 {
			o.tls.NextProtos = []string{"h2", "http/1.1"}
		}
	}
	o.work.Go(o.accept)
	return o, nil
}

// listenTCP listens without Multipath TCP, which Go offers by default: a reset or a queue of an MPTCP socket is
// not one of plain TCP.
func listenTCP(listen string) (*net.TCPListener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(context.Background(), "tcp", listen)
	if err != nil {
		return nil, err
	}
	return listener.(*net.TCPListener), nil
}

// Addr returns the address the origin listens at, with its real port.
func (o *Origin) Addr() string { return o.listener.Addr().String() }

// Close stops listening, closes every open connection and returns when nothing of the origin runs any more: at once,
// unless a Behaviour of the caller's does not return when its connection is closed. A second Close does nothing.
func (o *Origin) Close() error {
	o.mu.Lock()
	conns := o.conns
	o.conns = nil
	o.mu.Unlock()
	if conns != nil {
		close(o.closed)
		_ = o.listener.Close()
		for c := range conns {
			_ = c.tcp.Close()
		}
	}
	o.work.Wait()
	return nil
}

func (o *Origin) accept() {
	for {
		tcp, err := strain.Accept(o.listener.AcceptTCP)
		if err != nil {
			return
		}
		o.take(tcp)
	}
}

// take serves tcp, or closes it when the origin was closed meanwhile.
func (o *Origin) take(tcp *net.TCPConn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conns == nil {
		_ = tcp.Close()
		return
	}
	if o.limit > 0 && len(o.conns) >= o.limit {
		o.work.Go(func() { o.over.of(tcp, tcp) })
		return
	}
	c := &Conn{Conn: tcp, ID: o.Accepted() + 1, tcp: tcp, origin: o}
	o.note(event{Accepted: c.ID})
	o.conns[c] = true
	o.work.Go(func() {
		c.serve()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.conns, c)
	})
}
