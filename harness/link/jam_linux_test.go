package link

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	. "github.com/onsi/gomega"
)

// waiting returns how many bytes c could read at once.
func waiting(t testing.TB, c *net.TCPConn) int {
	t.Helper()
	conn, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int32
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
	})
	return int(n)
}

// jam returns when everything between the origin and c, who does not read, is full: then Toxiproxy is blocked in a write.
func jam(t testing.TB, c *net.TCPConn) {
	t.Helper()
	g := NewWithT(t)
	last, since := -1, time.Now()
	g.Eventually(func() bool {
		if n := waiting(t, c); n != last {
			last, since = n, time.Now()
		}
		return last > 0 && time.Since(since) > 200*time.Millisecond
	}).WithTimeout(soon).WithPolling(10 * time.Millisecond).Should(BeTrue())
}

// blackhole returns an address where a SYN gets no answer, and a function that ends that: a full accept queue.
func blackhole(t testing.TB) (addr string, open func()) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }) // a backlog of 0 holds one connection
	if err != nil {
		t.Fatal(err)
	}
	filler := dial(t, l.Addr().String())
	open = func() { _ = l.Close(); runtime.KeepAlive(filler) }
	t.Cleanup(open)
	return l.Addr().String(), open
}

// dialling returns how many connections to addr wait for an answer to their SYN.
func dialling(t testing.TB, addr string) int {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	synSent := fmt.Sprintf(":%04X 02 ", netip.MustParseAddrPort(addr).Port()) // remote port, state
	return strings.Count(string(table), synSent)
}
