// Package dns is the resolver of a world: it answers for every name itself, looks authoritative doing it, and
// breaks in the ways resolvers break.
//
//	gateway ──A, AAAA──> Server ──records──> Fault, if one is injected ──> answer, wrong or late answer, or silence
package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// A client that was met with silence may wait on its TCP connection as long as it likes: nginx waits 30 s,
	// and this server must not be the one that hangs up.
	idleTimeout = 2 * time.Minute
	// EDNS lets a client send queries of this size; shorter buffers would cut them and turn them into a FORMERR.
	querySize = dns.DefaultMsgSize
	// Late answers that may wait at one time, some 10 KB each. What comes on top is met with silence, as an
	// overwhelmed resolver does.
	delayedMax = 1024
)

// Server answers for the names it was told, on UDP and TCP at one port. All its methods are safe for concurrent use.
type Server struct {
	addr    string
	close   func() error
	closed  chan struct{}
	delayed chan struct{}                             // one token for each answer that waits
	answer  func(request *dns.Msg, size int) *dns.Msg // what a healthy server says, nil for nothing

	mu      sync.RWMutex
	records map[string]record // by canonical name
	any     func(string) netip.Addr
	faults  []*injection // the newest is the last
	asked   []Query
}

// Start listens on UDP and TCP at listen and returns when both answer. With an empty host (":53") it serves every
// local address, IPv4 and IPv6, and each reply comes from the address that was asked; with port 0 both protocols
// get the same free port. The caller closes it.
func Start(listen string) (*Server, error) {
	s := newServer()
	s.answer = s.healthy
	return s, s.listen(listen)
}

func newServer() *Server {
	return &Server{closed: make(chan struct{}), delayed: make(chan struct{}, delayedMax), records: map[string]record{}}
}

func (s *Server) listen(listen string) error {
	udp, tcp, err := bind(listen)
	if err != nil {
		return fmt.Errorf("start resolver on %q: %w", listen, err)
	}
	s.addr = tcp.Addr().String()
	stopUDP, err := s.serve(&dns.Server{PacketConn: withAddresses(udp)})
	if err != nil {
		_, _ = udp.Close(), tcp.Close()
		return fmt.Errorf("start resolver on %q: %w", listen, err)
	}
	stopTCP, err := s.serve(&dns.Server{Listener: boundedListener{tcp}})
	if err != nil {
		_, _ = stopUDP(), tcp.Close()
		return fmt.Errorf("start resolver on %q: %w", listen, err)
	}
	s.close = sync.OnceValue(func() error {
		close(s.closed)
		return errors.Join(stopUDP(), stopTCP())
	})
	return nil
}

// Addr returns the address that the server listens on, as host:port, the same for UDP and TCP.
func (s *Server) Addr() string { return s.addr }

// Close ends the server, drops the answers that are still waiting, and returns when nothing of it runs any more.
// It may be called again.
func (s *Server) Close() error { return s.close() }

// serve runs half, which has its socket, and returns when it answers. What it returns ends half and waits until
// it has ended.
func (s *Server) serve(half *dns.Server) (stop func() error, err error) {
	half.Handler = dns.HandlerFunc(s.handle)
	half.UDPSize = querySize
	half.IdleTimeout = func() time.Duration { return idleTimeout }
	half.MaxTCPQueries = -1 // hanging up after 128, as is the default, is a fault that nobody asked for
	ready, ended := make(chan struct{}), make(chan error, 1)
	half.NotifyStartedFunc = sync.OnceFunc(func() { close(ready) })
	go func() { ended <- half.ActivateAndServe() }()
	select {
	case <-ready:
		return func() error { return errors.Join(half.Shutdown(), <-ended) }, nil
	case err := <-ended:
		return nil, err
	}
}

// bind opens both sockets at listen.
func bind(listen string) (udp net.PacketConn, tcp net.Listener, err error) {
	// The kernel hands out ports for each protocol by itself, so that a free TCP port may be taken on UDP: rarely,
	// never many times in a row.
	for range 16 {
		if tcp, err = anyIP.Listen(context.Background(), "tcp", listen); err != nil {
			return nil, nil, err
		}
		host, _, _ := net.SplitHostPort(listen) // Listen has accepted it
		_, port, _ := net.SplitHostPort(tcp.Addr().String())
		if udp, err = anyIP.ListenPacket(context.Background(), "udp", net.JoinHostPort(host, port)); err == nil {
			return udp, tcp, nil
		}
		_ = tcp.Close()
	}
	return nil, nil, err
}
