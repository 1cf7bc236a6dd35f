package clientnet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"

	"golang.org/x/sys/unix"
)

// Tap listens to all that passes an interface of the site, both ways: whatever a client says that it got, only
// what the tap heard did the site send.
type Tap struct {
	mu     sync.Mutex
	fd     int
	passed []httpHead
}

const (
	// snapLength is how much of a packet is looked at: more than the head of any message of the harness, up to the
	// fields that are looked for.
	snapLength = 4 << 10
	// tapBuffer is the room for packets that nobody has looked at yet: thousands.
	tapBuffer = 8 << 20
)

// newTap listens at the interface of the current network.
func newTap(name string) (*Tap, error) {
	at, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("tap %s: %w", name, err)
	}
	// In the order of the network; sockets for one protocol do not hear what leaves.
	all := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(all))
	if err != nil {
		return nil, fmt.Errorf("tap %s: %w", name, err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, tapBuffer) // What is lost for want of room is told.
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: at.Index}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("tap %s: %w", name, err)
	}
	return &Tap{fd: fd}, nil
}

// Close ends the tap.
func (t *Tap) Close() error { return unix.Close(t.fd) }

// Mark returns a mark for Since. An error says that something passed unheard.
func (t *Tap) Mark() (mark int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.listen(); err != nil {
		return 0, fmt.Errorf("listen to the tap: %w", err)
	}
	return len(t.passed), nil
}

// Since tells what passed, since the mark, of the request with the nonce. It knows HTTP/1 in plain text. An error
// says that something passed unheard.
func (t *Tap) Since(mark int, nonce string) (TapRecord, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.listen(); err != nil {
		return TapRecord{}, fmt.Errorf("listen to the tap: %w", err)
	}
	return recordOf(t.passed[mark:], nonce), nil
}

// listen takes all that has passed so far.
func (t *Tap) listen() error {
	packet := make([]byte, snapLength)
	for {
		n, from, err := unix.Recvfrom(t.fd, packet, 0)
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil && !errors.Is(err, unix.ENETDOWN) { // That a cable was pulled out is no fault of the tap's.
			return err
		}
		if at, ok := from.(*unix.SockaddrLinklayer); ok {
			if p, ok := readHead(packet[:n], at.Pkttype == unix.PACKET_OUTGOING); ok {
				t.passed = append(t.passed, p)
			}
		}
	}
	count, err := unix.GetsockoptTpacketStats(t.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err == nil && count.Drops > 0 {
		err = fmt.Errorf("%d packets passed unheard", count.Drops)
	}
	return err
}
