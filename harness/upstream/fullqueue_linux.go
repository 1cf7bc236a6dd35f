package upstream

import (
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// maxFillers is far over the one connection that a queue of length 0 takes.
	maxFillers = 8
	// unanswered is how long a dial waits to be sure that nobody answers: on loopback the kernel answers a SYN
	// within the connect call itself, and the first retransmission is due after 1 s only.
	unanswered = 50 * time.Millisecond
	// answered bounds a filler's dial, which the kernel completes at once.
	answered = 2 * time.Second
)

// FullQueue returns a Port whose accept queue is full and stays full: SYNs go unanswered, as if packets vanished,
// and a client's connect times out. A dial of its own has done so when it returns. Only Linux; no privilege
// is needed.
func FullQueue(listen string) (*Port, error) {
	p, err := newPort(listen)
	if err != nil {
		return nil, err
	}
	fillers, err := p.fill()
	// This goroutine is what refers to the sockets: a collected listener would turn the silence into a refusal.
	p.work.Go(func() {
		<-p.closed
		for _, filler := range fillers {
			_ = filler.Close()
		}
	})
	if err == nil {
		err = p.confirmSilent()
	}
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("fill accept queue of %s: %w", p.Addr(), err)
	}
	return p, nil
}

// fill shrinks the queue to its least, a backlog of 0, and dials until the kernel says that it is full.
func (p *Port) fill() (fillers []net.Conn, err error) {
	raw, err := p.listener.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.Listen(int(fd), 0) }); err != nil || failed != nil {
		return nil, errors.Join(err, failed)
	}
	for range maxFillers {
		var info *unix.TCPInfo
		err := raw.Control(func(fd uintptr) {
			info, failed = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		})
		if err != nil || failed != nil {
			return fillers, errors.Join(err, failed)
		}
		// Of a listening socket, these two fields tell the length of the accept queue and its limit, which it
		// may exceed by one.
		if info.Unacked > info.Sacked {
			return fillers, nil
		}
		filler, err := net.DialTimeout("tcp", p.Addr(), answered)
		if err != nil {
			return fillers, err
		}
		fillers = append(fillers, filler)
	}
	return fillers, fmt.Errorf("got room for %d connections, want 1", len(fillers))
}

// confirmSilent returns nil when a dial times out.
func (p *Port) confirmSilent() error {
	conn, err := net.DialTimeout("tcp", p.Addr(), unanswered)
	switch {
	case err == nil:
		_ = conn.Close()
		return errors.New("confirm silence: got a connection, want none")
	case !isTimeout(err):
		return fmt.Errorf("confirm silence: got %w, want a timeout", err)
	}
	return nil
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
