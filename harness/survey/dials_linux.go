package survey

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// dials hears every SYN of TCP (RFC 9293, section 3.1) that comes in through an interface, also those of connections
// that are given up before any listener hears of them, as HAProxy's checks are that only connect.
type dials struct {
	fd  int
	all []dial
}

// dial is one try to connect.
type dial struct {
	from, to netip.AddrPort
	at       time.Time
}

// What is looked at of a packet: the longest head of IPv4, or that of IPv6, and TCP's.
const dialLength = 80

// Of the flags of TCP, SYN and ACK; the byte in TCP's head that holds them.
const (
	flagSYN, flagACK = 0x02, 0x10
	flagsAt          = 13
)

// onlyDials lets packets through that are a SYN and no ACK, of either family; they begin with the head of IP.
var onlyDials = []bpf.Instruction{
	bpf.LoadAbsolute{Off: 0, Size: 1},
	bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 6, SkipTrue: 5},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 4, SkipTrue: 9},
	bpf.LoadAbsolute{Off: 9, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_TCP, SkipTrue: 7},
	bpf.LoadMemShift{Off: 0},
	bpf.Jump{Skip: 3},
	bpf.LoadAbsolute{Off: 6, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_TCP, SkipTrue: 3},
	bpf.LoadConstant{Dst: bpf.RegX, Val: 40}, // The length of IPv6's head.
	bpf.LoadIndirect{Off: flagsAt, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: flagACK, SkipFalse: 1},
	bpf.RetConstant{Val: 0},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: flagSYN, SkipTrue: 1},
	bpf.RetConstant{Val: 0},
	bpf.RetConstant{Val: dialLength},
}

// hearDials listens at the interface of the current network.
func hearDials(name string) (*dials, error) {
	at, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("listen for dials: %w", err)
	}
	// In the order of the network.
	all := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("listen for dials: %w", err)
	}
	raw, err := bpf.Assemble(onlyDials)
	if err == nil {
		filter := unix.SockFprog{Len: uint16(len(raw)), Filter: (*unix.SockFilter)(unsafe.Pointer(&raw[0]))}
		err = errors.Join(
			unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &filter),
			unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
			unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: at.Index}),
		)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("listen for dials at %s: %w", name, err)
	}
	return &dials{fd: fd}, nil
}

func (d *dials) close() { _ = unix.Close(d.fd) }

// heard lists all dials so far.
func (d *dials) heard() []dial {
	packet, beside := make([]byte, dialLength), make([]byte, 128)
	for {
		n, m, _, from, err := unix.Recvmsg(d.fd, packet, beside, 0)
		if err != nil {
			return d.all
		}
		if at, ok := from.(*unix.SockaddrLinklayer); ok && at.Pkttype == unix.PACKET_OUTGOING {
			continue // A client of the gateway's.
		}
		if one, ok := dialOf(packet[:n]); ok {
			one.at = stampOf(beside[:m])
			d.all = append(d.all, one)
		}
	}
}

// dialOf reads who dials whom from the heads of IP and TCP.
func dialOf(packet []byte) (d dial, ok bool) {
	if len(packet) < 1 {
		return d, false
	}
	head, from, size := int(packet[0]&0xf)*4, 12, 4
	if packet[0]>>4 == 6 {
		head, from, size = 40, 8, 16
	}
	if len(packet) < head+4 || head < from+2*size {
		return d, false
	}
	source, _ := netip.AddrFromSlice(packet[from : from+size])
	target, _ := netip.AddrFromSlice(packet[from+size : from+2*size])
	d.from = netip.AddrPortFrom(source, binary.BigEndian.Uint16(packet[head:]))
	d.to = netip.AddrPortFrom(target, binary.BigEndian.Uint16(packet[head+2:]))
	return d, true
}

// stampOf is when the kernel had the packet (SO_TIMESTAMPNS), or now.
func stampOf(beside []byte) time.Time {
	all, err := unix.ParseSocketControlMessage(beside)
	if err == nil {
		for _, m := range all {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
				at := (*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
				// With the clock's reading that durations are made from.
				return time.Now().Add(-time.Since(time.Unix(at.Unix())))
			}
		}
	}
	return time.Now()
}
