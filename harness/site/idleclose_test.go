package site

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/sockets"
)

func TestAwaitLetGo(t *testing.T) {
	if _, err := sockets.TCP(sockets.IPv4); err != nil {
		t.Skipf("this system does not tell: %v", err)
	}
	t.Run("IPv4", func(t *testing.T) { letsGo(t, "127.0.0.1:0", sockets.IPv4) })
	t.Run("IPv6", func(t *testing.T) { letsGo(t, "[::1]:0", sockets.IPv6) })
}

func letsGo(t *testing.T, listen string, family sockets.Family) {
	t.Helper()
	table := func() []sockets.Socket { return SocketTable(family) }
	l, err := net.Listen("tcp", listen)
	if err != nil && family == sockets.IPv6 {
		t.Skipf("unsupported: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	at := netip.MustParseAddrPort(l.Addr().String())
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if halfClosed(table(), at) {
		t.Error("got a half-closed connection, want an open one")
	}
	_ = theirs.Close()
	for begin := time.Now(); !halfClosed(table(), at); time.Sleep(time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatal("got no half-closed connection, want one")
		}
	}
	begin := time.Now()
	time.AfterFunc(20*time.Millisecond, func() { _ = ours.Close() })
	AwaitIdleClose(t.Context(), table, at)
	if took := time.Since(begin); halfClosed(table(), at) || took < 20*time.Millisecond {
		t.Errorf("got back after %s with it half-closed: %t; want it let go", took, halfClosed(table(), at))
	}
}
