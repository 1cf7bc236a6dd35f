package upstream

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// Port is an address with an illness of its own: it is taken, but nothing there speaks HTTP. It stands at the
// upstream's address in place of a link, because a Toxiproxy link accepts for a dead upstream and turns its RST
// into FIN. Close it when done.
type Port struct {
	listener *net.TCPListener
	close    sync.Once
	closed   chan struct{}
	work     sync.WaitGroup // what runs until closed; it also keeps every socket from the garbage collector
}

// ResetOnAccept returns a Port that resets each connection as soon as it is accepted, reading nothing: the client
// gets ECONNRESET, either from its connect (when it looks late) or from its first read or write.
func ResetOnAccept(listen string) (*Port, error) { return endOnAccept(listen, Reset) }

// CloseOnAccept returns a Port that closes each connection as soon as it is accepted, answering nothing: the
// client gets FIN, and no RST for what it sends in the half second after.
func CloseOnAccept(listen string) (*Port, error) { return endOnAccept(listen, Close) }

func endOnAccept(listen string, end End) (*Port, error) {
	p, err := newPort(listen)
	if err != nil {
		return nil, err
	}
	p.work.Go(func() {
		for {
			tcp, err := strain.Accept(p.listener.AcceptTCP)
			if err != nil {
				return
			}
			p.work.Go(func() { end.of(tcp, tcp) })
		}
	})
	return p, nil
}

func newPort(listen string) (*Port, error) {
	listener, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("open port: %w", err)
	}
	return &Port{listener: listener, closed: make(chan struct{})}, nil
}

// Addr returns the address of the port, with its real number.
func (p *Port) Addr() string { return p.listener.Addr().String() }

// Close frees the address and returns when nothing of the port runs any more, within a second. A second Close
// does nothing.
func (p *Port) Close() error {
	p.close.Do(func() {
		close(p.closed)
		_ = p.listener.Close()
	})
	p.work.Wait()
	return nil
}

// SpeakFirst returns a Port that greets each connection with these bytes as soon as it is accepted, reading
// nothing before, and closes it: a server of a protocol in which the server begins. With secure it does so inside TLS.
func SpeakFirst(listen string, greeting []byte, secure *tls.Config) (*Port, error) {
	p, err := newPort(listen)
	if err != nil {
		return nil, err
	}
	p.work.Go(func() {
		for {
			tcp, err := strain.Accept(p.listener.AcceptTCP)
			if err != nil {
				return
			}
			p.work.Go(func() {
				c := net.Conn(tcp)
				if secure != nil {
					c = tls.Server(tcp, secure)
				}
				_ = c.SetDeadline(time.Now().Add(handshakeTimeout)) // Who never shakes hands is not waited for.
				_, _ = c.Write(greeting)
				Close.of(c, tcp)
			})
		}
	})
	return p, nil
}
