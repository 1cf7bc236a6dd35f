package site

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

func TestAwaitLetGo(t *testing.T) {
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("this system does not tell")
	}
	t.Run("IPv4", func(t *testing.T) { letsGo(t, "127.0.0.1:0", "") })
	t.Run("IPv6", func(t *testing.T) { letsGo(t, "[::1]:0", "6") })
}

func letsGo(t *testing.T, listen, family string) {
	t.Helper()
	sockets := func() string { return SocketTable(family) }
	l, err := net.Listen("tcp", listen)
	if err != nil && family == "6" {
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
	if halfClosed(sockets(), at) {
		t.Error("got a half-closed connection, want an open one")
	}
	_ = theirs.Close()
	for begin := time.Now(); !halfClosed(sockets(), at); time.Sleep(time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatal("got no half-closed connection, want one")
		}
	}
	begin := time.Now()
	time.AfterFunc(20*time.Millisecond, func() { _ = ours.Close() })
	AwaitIdleClose(t.Context(), sockets, at)
	if took := time.Since(begin); halfClosed(sockets(), at) || took < 20*time.Millisecond {
		t.Errorf("got back after %s with it half-closed: %t; want it let go", took, halfClosed(sockets(), at))
	}
}
